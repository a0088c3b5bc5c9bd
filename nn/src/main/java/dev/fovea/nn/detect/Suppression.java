package dev.fovea.nn.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;

/** Non-maximum suppression: of boxes that overlap much only the best stays. */
public final class Suppression {
    private Suppression() {}

    /**
     * Greedy suppression: the places (int64, best first) of the boxes that overlap no better one by more than {@code iou}; of equal
     * scores the earlier is better.
     *
     * @param boxes {@code [N, 4]}
     * @param scores {@code [N]}
     */
    public static Tensor greedy(Tensor boxes, Tensor scores, double iou) {
        check(boxes, scores);
        return keep(boxes, scores, new long[(int) boxes.dim(0)], iou);
    }

    /**
     * Greedy suppression among the boxes of each group: the places (int64, best first over all groups) of those that stay.
     *
     * @param boxes {@code [N, 4]}
     * @param scores {@code [N]}
     * @param groups {@code [N]} int64: the class or the level of each box
     */
    public static Tensor grouped(Tensor boxes, Tensor scores, Tensor groups, double iou) {
        check(boxes, scores);
        if (groups.numel() != boxes.dim(0)) {
            throw new IllegalArgumentException(
                    "expected a group for each of " + boxes.dim(0) + " boxes, got " + groups.shape());
        }
        return keep(boxes, scores, groups.toLongArray(), iou);
    }

    /**
     * Greedy suppression in a whole batch, in the form that a graph can show: which boxes {@code [N, K]} (bool) stay among those of their
     * group. Boxes at or below {@code leastScore} do not stay and suppress nothing.
     *
     * @param boxes {@code [N, K, 4]}
     * @param scores {@code [N, K]}
     * @param groups {@code [N, K]} int64, from 0 to below {@code groupCount}
     */
    public static Tensor kept(
            Tensor boxes, Tensor scores, Tensor groups, int groupCount, double iou, double leastScore) {
        if (boxes.rank() != 3 || !groups.shape().equals(scores.shape())) {
            throw new IllegalArgumentException("expected boxes [N, K, 4] with scores and groups [N, K], got "
                    + boxes.shape() + ", " + scores.shape() + " and " + groups.shape());
        }
        var parameters = new LinkedHashMap<String, Object>();
        parameters.put("groups", (long) groupCount);
        parameters.put("iou", iou);
        parameters.put("least_score", leastScore);
        return Recording.as("suppress", parameters, List.of(boxes, scores, groups), () -> {
            var stays = new ArrayList<Tensor>();
            for (int i = 0; i < boxes.dim(0); i++) {
                stays.add(stays(boxes.select(0, i), scores.select(0, i), groups.select(0, i), iou, leastScore));
            }
            return Tensor.stack(stays, 0);
        });
    }

    private static Tensor stays(Tensor boxes, Tensor scores, Tensor groups, double iou, double leastScore) {
        var good = Boxes.places(scores.gt(leastScore));
        var kept = grouped(boxes.indexSelect(0, good), scores.indexSelect(0, good), groups.indexSelect(0, good), iou);
        var stays = new byte[(int) scores.dim(0)];
        for (long place : good.indexSelect(0, kept).toLongArray()) {
            stays[(int) place] = 1;
        }
        return Tensor.of(stays, DType.BOOL, stays.length).to(boxes.device());
    }

    private static void check(Tensor boxes, Tensor scores) {
        if (boxes.rank() != 2 || boxes.dim(1) != 4 || scores.rank() != 1 || scores.dim(0) != boxes.dim(0)) {
            throw new IllegalArgumentException(
                    "expected boxes [N, 4] with scores [N], got " + boxes.shape() + " and " + scores.shape());
        }
    }

    private static Tensor keep(Tensor boxes, Tensor scores, long[] groups, double iou) {
        var order = scores.argsort(0, true).toLongArray();
        var kept = keep(boxes.toFloatArray(), order, groups, iou);
        return Tensor.of(kept, kept.length).to(boxes.device());
    }

    private static long[] keep(float[] boxes, long[] order, long[] groups, double iou) {
        var distinct = Arrays.stream(groups).distinct().sorted().toArray();
        var survivors = new Survivors[distinct.length];
        var kept = new long[order.length];
        int count = 0;
        for (long place : order) {
            int group = Arrays.binarySearch(distinct, groups[(int) place]);
            if (survivors[group] == null) {
                survivors[group] = new Survivors();
            }
            if (survivors[group].admit(boxes, 4 * (int) place, iou)) {
                kept[count++] = place;
            }
        }
        return Arrays.copyOf(kept, count);
    }

    /** The boxes of one group that stay, coordinate by coordinate, so that one box is compared with all in a tight loop. */
    private static final class Survivors {
        private static final int BLOCK = 16;
        private float[] x1 = new float[BLOCK];
        private float[] y1 = new float[BLOCK];
        private float[] x2 = new float[BLOCK];
        private float[] y2 = new float[BLOCK];
        private float[] area = new float[BLOCK];
        private int count;

        boolean admit(float[] boxes, int at, double iou) {
            float left = boxes[at];
            float top = boxes[at + 1];
            float right = boxes[at + 2];
            float bottom = boxes[at + 3];
            float own = (right - left) * (bottom - top);
            for (int i = 0; i < count; i++) {
                float width = Math.min(right, x2[i]) - Math.max(left, x1[i]);
                float height = Math.min(bottom, y2[i]) - Math.max(top, y1[i]);
                if (width > 0 && height > 0) {
                    float intersection = width * height;
                    if (intersection / (area[i] + own - intersection) > iou) {
                        return false;
                    }
                }
            }
            if (count == x1.length) {
                grow();
            }
            x1[count] = left;
            y1[count] = top;
            x2[count] = right;
            y2[count] = bottom;
            area[count++] = own;
            return true;
        }

        private void grow() {
            x1 = Arrays.copyOf(x1, 2 * count);
            y1 = Arrays.copyOf(y1, 2 * count);
            x2 = Arrays.copyOf(x2, 2 * count);
            y2 = Arrays.copyOf(y2, 2 * count);
            area = Arrays.copyOf(area, 2 * count);
        }
    }
}
