package dev.fovea.vision;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Non-maximum suppression: of boxes that overlap, the one with the best score stays.
 *
 * <p>A box is suppressed by a better one where their {@link Box#iou} is <em>more</em> than the threshold; an IoU equal to
 * it leaves both. Boxes are visited by descending score, equal scores by their place in the input, so results do not
 * depend on a sorting algorithm. Boxes without area overlap nothing and always stay.
 */
public final class Nms {
    private Nms() {}

    /**
     * Greedy suppression whatever the classes.
     *
     * @param threshold largest IoU of two boxes that both stay, 0-1
     * @return those that stay, best first
     */
    public static List<Detection> greedy(List<Detection> found, double threshold) {
        return at(found, greedy(corners(found), scores(found), threshold));
    }

    /** {@link #greedy(List, double)} within each class: boxes of different classes never suppress each other. */
    public static List<Detection> classwise(List<Detection> found, double threshold) {
        return at(found, classwise(corners(found), scores(found), classes(found), threshold));
    }

    /**
     * Greedy suppression on arrays.
     *
     * @param corners {@code [N, 4]} as x1, y1, x2, y2
     * @param scores {@code [N]}
     * @return indices of those that stay, best first
     */
    public static int[] greedy(float[] corners, float[] scores, double threshold) {
        return classwise(corners, scores, new int[scores.length], threshold);
    }

    /**
     * Suppression within each class on arrays; {@code 5,000} boxes take some ten milliseconds.
     *
     * @param corners {@code [N, 4]} as x1, y1, x2, y2
     * @param scores {@code [N]}
     * @param classes {@code [N]}, any integers
     * @return indices of those that stay, best first over all classes
     */
    public static int[] classwise(float[] corners, float[] scores, int[] classes, double threshold) {
        int n = scores.length;
        if (corners.length != 4 * n || classes.length != n) {
            throw new IllegalArgumentException("NMS needs 4 numbers and a class for each of " + n + " scores, got "
                    + corners.length + " numbers and " + classes.length + " classes");
        }
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new IllegalArgumentException("the IoU threshold of NMS must be 0 to 1, got " + threshold);
        }
        int[] order = descending(scores);
        double[] areas = new double[n];
        for (int i = 0; i < n; i++) {
            // differences in float32 as Box has them, so that both agree on every border case
            areas[i] = (double) (corners[4 * i + 2] - corners[4 * i]) * (corners[4 * i + 3] - corners[4 * i + 1]);
        }
        boolean[] gone = new boolean[n];
        int[] kept = new int[n];
        int count = 0;
        for (int a = 0; a < n; a++) {
            int i = order[a];
            if (gone[i]) {
                continue;
            }
            kept[count++] = i;
            for (int b = a + 1; b < n; b++) {
                int j = order[b];
                if (!gone[j] && classes[j] == classes[i]) {
                    gone[j] = iou(corners, areas, i, j) > threshold;
                }
            }
        }
        return Arrays.copyOf(kept, count);
    }

    private static double iou(float[] c, double[] areas, int i, int j) {
        int p = 4 * i;
        int q = 4 * j;
        double w = Math.min(c[p + 2], c[q + 2]) - (double) Math.max(c[p], c[q]);
        double h = Math.min(c[p + 3], c[q + 3]) - (double) Math.max(c[p + 1], c[q + 1]);
        if (w <= 0 || h <= 0) {
            return 0;
        }
        double intersection = w * h;
        return intersection / (areas[i] + areas[j] - intersection);
    }

    /**
     * Soft-NMS with linear decay, within each class (Bodla et al. 2017, arXiv 1704.04503): the score of a box that overlaps
     * a better one by more than the threshold is multiplied by 1 - IoU instead of being suppressed.
     *
     * @param minimumScore boxes whose score falls below are dropped
     * @return those that stay with their new scores, best first
     */
    public static List<Detection> softLinear(List<Detection> found, double threshold, double minimumScore) {
        return soft(found, iou -> iou > threshold ? 1 - iou : 1, minimumScore);
    }

    /**
     * Soft-NMS with Gaussian decay, within each class: scores are multiplied by {@code exp(-IoU^2 / sigma)}.
     *
     * @param sigma above 0; the paper uses 0.5
     * @param minimumScore boxes whose score falls below are dropped
     * @return those that stay with their new scores, best first
     */
    public static List<Detection> softGaussian(List<Detection> found, double sigma, double minimumScore) {
        if (!(sigma > 0)) {
            throw new IllegalArgumentException("sigma of soft NMS must be more than 0, got " + sigma);
        }
        return soft(found, iou -> Math.exp(-iou * iou / sigma), minimumScore);
    }

    /** What is left of a score, 0-1, beside a better box with an IoU. */
    private interface Decay {
        double factor(double iou);
    }

    private static List<Detection> soft(List<Detection> found, Decay decay, double minimumScore) {
        double[] scores = found.stream().mapToDouble(Detection::score).toArray();
        boolean[] done = new boolean[scores.length];
        List<Detection> kept = new ArrayList<>();
        while (true) {
            int best = -1;
            for (int i = 0; i < scores.length; i++) {
                if (!done[i] && scores[i] >= minimumScore && (best < 0 || scores[i] > scores[best])) {
                    best = i;
                }
            }
            if (best < 0) {
                return List.copyOf(kept);
            }
            done[best] = true;
            Detection chosen = found.get(best);
            kept.add(chosen.withScore((float) scores[best]));
            for (int i = 0; i < scores.length; i++) {
                if (!done[i] && found.get(i).label().index() == chosen.label().index()) {
                    scores[i] *= decay.factor(chosen.box().iou(found.get(i).box()));
                }
            }
        }
    }

    private static int[] descending(float[] scores) {
        return IntStream.range(0, scores.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .mapToInt(i -> i)
                .toArray();
    }

    private static float[] corners(List<Detection> found) {
        float[] corners = new float[4 * found.size()];
        for (int i = 0; i < found.size(); i++) {
            Box box = found.get(i).box();
            corners[4 * i] = box.x1();
            corners[4 * i + 1] = box.y1();
            corners[4 * i + 2] = box.x2();
            corners[4 * i + 3] = box.y2();
        }
        return corners;
    }

    private static float[] scores(List<Detection> found) {
        float[] scores = new float[found.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = found.get(i).score();
        }
        return scores;
    }

    private static int[] classes(List<Detection> found) {
        return found.stream().mapToInt(d -> d.label().index()).toArray();
    }

    private static List<Detection> at(List<Detection> found, int[] indices) {
        return Arrays.stream(indices).mapToObj(found::get).toList();
    }
}
