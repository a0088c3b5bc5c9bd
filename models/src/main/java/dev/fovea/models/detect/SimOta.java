package dev.fovea.models.detect;

import dev.fovea.models.detect.CellOutput.Cells;
import java.util.Arrays;

/**
 * Which cells answer for which objects (SimOTA, section 2 of arXiv 2107.08430): each object takes the few cells that predict it most
 * cheaply among those that lie near the centre of any object; how many, its best overlaps say. A cell that several objects want goes
 * to the cheapest.
 */
final class SimOta {
    private static final double RADIUS = 1.5;
    private static final int MOST = 10;
    private static final double IOU_WEIGHT = 3;
    private static final double FAR = 1e6;
    private static final double LEAST_LOG = -100;

    /**
     * The cells of one picture that answer for an object, by ascending index.
     *
     * @param cells places among all cells
     * @param objects for each the object
     * @param ious for each the overlap of its box with the object's
     */
    @SuppressWarnings("ArrayRecordComponent") // tables inside one call
    record Assignment(int[] cells, int[] objects, float[] ious) {}

    private final Cells cells;
    private final float[] objects;
    private final int[] candidates;

    /** @param objects centre, width and height of each, in pixels */
    SimOta(Cells cells, float[] objects) {
        this.cells = cells;
        this.objects = objects;
        candidates = near();
    }

    /** The cells that can be assigned at all: those near the centre of an object. */
    int[] candidates() {
        return candidates;
    }

    private int[] near() {
        var found = new int[cells.count()];
        int count = 0;
        for (int a = 0; a < cells.count(); a++) {
            for (int g = 0; g < objects.length / 4; g++) {
                if (isNear(g, a)) {
                    found[count++] = a;
                    break;
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    private boolean isNear(int object, int cell) {
        float stride = cells.stride()[cell];
        double x = (cells.x()[cell] + 0.5) * stride;
        double y = (cells.y()[cell] + 0.5) * stride;
        double reach = RADIUS * stride;
        return Math.abs(x - objects[4 * object]) < reach && Math.abs(y - objects[4 * object + 1]) < reach;
    }

    /**
     * Assigns.
     *
     * @param labels the class of each object
     * @param boxes what each candidate predicts: centre, width and height in pixels
     * @param probabilities for each candidate and class, 0-1
     */
    Assignment assign(long[] labels, float[] boxes, float[] probabilities) {
        int n = candidates.length;
        int classes = n == 0 ? 0 : probabilities.length / n;
        var costs = new Costs(labels, boxes, probabilities, classes);
        var owner = new int[n];
        var claims = new int[n];
        for (int g = 0; n > 0 && g < labels.length; g++) {
            for (int c : cheapest(costs, g)) {
                owner[c] = g;
                claims[c]++;
            }
        }
        var result = new Assignment(new int[n], new int[n], new float[n]);
        int count = 0;
        for (int c = 0; c < n; c++) {
            if (claims[c] > 0) {
                int g = claims[c] == 1 ? owner[c] : costs.cheapestObject(c);
                result.cells[count] = candidates[c];
                result.objects[count] = g;
                result.ious[count++] = (float) costs.iou(g, c);
            }
        }
        return new Assignment(
                Arrays.copyOf(result.cells, count),
                Arrays.copyOf(result.objects, count),
                Arrays.copyOf(result.ious, count));
    }

    private int[] cheapest(Costs costs, int object) {
        int n = candidates.length;
        var overlaps = new Best(Math.min(MOST, n));
        for (int c = 0; c < n; c++) {
            overlaps.offer(c, -costs.iou(object, c));
        }
        float sum = 0;
        for (double overlap : overlaps.values()) {
            sum -= (float) overlap;
        }
        var chosen = new Best(Math.min(n, Math.max(1, (int) sum)));
        for (int c = 0; c < n; c++) {
            chosen.offer(c, costs.of(object, c));
        }
        return chosen.places();
    }

    private final class Costs {
        private final long[] labels;
        private final float[] boxes;
        private final float[] probabilities;
        private final int classes;
        private final double[] allAbsent;

        Costs(long[] labels, float[] boxes, float[] probabilities, int classes) {
            this.labels = labels;
            this.boxes = boxes;
            this.probabilities = probabilities;
            this.classes = classes;
            allAbsent = new double[candidates.length];
            for (int i = 0; i < probabilities.length; i++) {
                allAbsent[i / classes] -= log(1 - (double) probabilities[i]);
            }
        }

        private static double log(double p) {
            return Math.max(Math.log(p), LEAST_LOG);
        }

        /** Binary cross-entropy of all classes, three times the logarithm of the overlap, and a lot where the cell is not near. */
        double of(int object, int candidate) {
            double p = probabilities[candidate * classes + (int) labels[object]];
            double ofClasses = allAbsent[candidate] + log(1 - p) - log(p);
            double ofBox = -Math.log(iou(object, candidate) + 1e-8);
            double cost = ofClasses + IOU_WEIGHT * ofBox + (isNear(object, candidates[candidate]) ? 0 : FAR);
            return Double.isNaN(cost) ? Double.POSITIVE_INFINITY : cost;
        }

        double iou(int object, int candidate) {
            int g = 4 * object;
            int b = 4 * candidate;
            double w = overlap(objects[g], objects[g + 2], boxes[b], boxes[b + 2]);
            double h = overlap(objects[g + 1], objects[g + 3], boxes[b + 1], boxes[b + 3]);
            if (!(w > 0 && h > 0)) {
                return 0;
            }
            double union = (double) objects[g + 2] * objects[g + 3] + (double) boxes[b + 2] * boxes[b + 3] - w * h;
            return w * h / union;
        }

        private static double overlap(double centre, double side, double otherCentre, double otherSide) {
            return Math.min(centre + side / 2, otherCentre + otherSide / 2)
                    - Math.max(centre - side / 2, otherCentre - otherSide / 2);
        }

        int cheapestObject(int candidate) {
            int best = 0;
            for (int g = 1; g < labels.length; g++) {
                if (of(g, candidate) < of(best, candidate)) {
                    best = g;
                }
            }
            return best;
        }
    }

    /** The few smallest of many values; of equal ones the first. */
    private static final class Best {
        private final int[] places;
        private final double[] values;
        private int count;

        Best(int most) {
            places = new int[most];
            values = new double[most];
        }

        void offer(int place, double value) {
            if (count == values.length && !(value < values[count - 1])) {
                return;
            }
            int i = count < values.length ? count++ : count - 1;
            for (; i > 0 && value < values[i - 1]; i--) {
                values[i] = values[i - 1];
                places[i] = places[i - 1];
            }
            values[i] = value;
            places[i] = place;
        }

        int[] places() {
            return Arrays.copyOf(places, count);
        }

        double[] values() {
            return Arrays.copyOf(values, count);
        }
    }
}
