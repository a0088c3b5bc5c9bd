package dev.fovea.models.verify;

import dev.fovea.tensor.Tensor;
import java.util.Map;
import java.util.Optional;

/**
 * Boxes found in one picture, best first.
 */
final class BoxList {
    /** Scores of random weights lie close together: so many boxes at the end of a list may find no partner. */
    static final double EXCUSED = 2;

    private static final double SAME_PLACE = 0.99;
    private static final double SAME_PIXEL = 1e-2;
    private static final double SAME_SCORE = 1e-4;

    /** How far from the end of the list a box may be without a partner. */
    private static final int END = 4;

    private final double[] corners;
    private final double[] scores;
    private final double[] labels;

    private BoxList(double[] corners, double[] scores, double[] labels) {
        this.corners = corners;
        this.scores = scores;
        this.labels = labels;
    }

    /** The list under a prefix of a file's outputs; empty if there is none. */
    static Optional<BoxList> of(Map<String, TensorSummary> outputs, String prefix) {
        var boxes = outputs.get(prefix + "boxes");
        var scores = outputs.get(prefix + "scores");
        var labels = outputs.get(prefix + "labels");
        return boxes == null || scores == null || labels == null
                ? Optional.empty()
                : Optional.of(new BoxList(array(boxes), array(scores), array(labels)));
    }

    private static double[] array(TensorSummary summary) {
        return summary.all().stream().mapToDouble(Double::doubleValue).toArray();
    }

    /** A network's list; {@code shift} makes the reference's labels of its labels. */
    static BoxList of(Tensor boxes, Tensor scores, Tensor labels, int shift) {
        return new BoxList(
                boxes.toDoubleArray(), scores.toDoubleArray(), labels.add(shift).toDoubleArray());
    }

    /**
     * How many of these boxes have no partner in {@code others}: one of the same label and place with an equal score. Infinite if one far
     * from the end of the list has none, or if the lists differ in length.
     */
    double without(BoxList others) {
        if (others.scores.length != scores.length || corners.length != 4 * scores.length) {
            return Double.POSITIVE_INFINITY;
        }
        var taken = new boolean[others.scores.length];
        int alone = 0;
        for (int i = 0; i < scores.length; i++) {
            int partner = partner(i, others, taken);
            if (partner >= 0) {
                taken[partner] = true;
            } else if (i < scores.length - END) {
                return Double.POSITIVE_INFINITY;
            } else {
                alone++;
            }
        }
        return alone;
    }

    private int partner(int i, BoxList others, boolean[] taken) {
        for (int j = 0; j < taken.length; j++) {
            if (!taken[j]
                    && others.labels[j] == labels[i]
                    && Math.abs(others.scores[j] - scores[i]) <= SAME_SCORE
                    && isAt(4 * i, others.corners, 4 * j)) {
                return j;
            }
        }
        return -1;
    }

    /** Boxes cut at the picture's border may have no area left, and then no IoU either. */
    private boolean isAt(int at, double[] other, int otherAt) {
        double farthest = 0;
        for (int c = 0; c < 4; c++) {
            farthest = Math.max(farthest, Math.abs(corners[at + c] - other[otherAt + c]));
        }
        return farthest < SAME_PIXEL || iou(at, other, otherAt) > SAME_PLACE;
    }

    private double iou(int at, double[] other, int otherAt) {
        double width = Math.min(corners[at + 2], other[otherAt + 2]) - Math.max(corners[at], other[otherAt]);
        double height = Math.min(corners[at + 3], other[otherAt + 3]) - Math.max(corners[at + 1], other[otherAt + 1]);
        double intersection = Math.max(0, width) * Math.max(0, height);
        return intersection / (area(corners, at) + area(other, otherAt) - intersection);
    }

    private static double area(double[] corners, int at) {
        return (corners[at + 2] - corners[at]) * (corners[at + 3] - corners[at + 1]);
    }
}
