package dev.fovea.export;

import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;

/**
 * How far the objects that two graphs chose are from each other. Where two scores lie closer than rounding, rows change places, so each row
 * looks for its partner: one of the same class whose score and box differ least.
 */
final class DetectionComparison {
    /** One of so many rows may be chosen otherwise, where scores or overlaps lie closer to a limit than rounding. */
    private static final int ONE_OF = 50;

    private static final int ALWAYS = 2;

    private DetectionComparison() {}

    /**
     * The largest difference of a row from its partner: of scores as they are, of corners as a part of their box's size; infinite where a
     * row has none. A few rows may have none, as choices are discrete, but never half of them.
     */
    static Deviation between(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        var first = Table.of(expected);
        var second = Table.of(actual);
        if (!Arrays.equals(first.shape, second.shape)) {
            return new Deviation(Double.POSITIVE_INFINITY, 1);
        }
        double largest = 0;
        int pictures = (int) first.shape[0];
        int rows = (int) first.shape[1];
        for (int picture = 0; picture < pictures; picture++) {
            largest = Math.max(largest, unlikeness(first, second, picture, rows));
            largest = Math.max(largest, unlikeness(second, first, picture, rows));
        }
        return new Deviation(largest, 1);
    }

    private static double unlikeness(Table from, Table to, int picture, int rows) {
        var apart = new ArrayList<Double>();
        for (int i = picture * rows; i < picture * rows + rows; i++) {
            if (from.labels[i] < 0) {
                continue;
            }
            double best = Double.POSITIVE_INFINITY;
            for (int k = picture * rows; k < picture * rows + rows; k++) {
                if (to.labels[k] == from.labels[i]) {
                    best = Math.min(best, from.apart(i, to, k));
                }
            }
            apart.add(best);
        }
        if (apart.isEmpty()) {
            return 0;
        }
        Collections.sort(apart);
        int lost = Math.min(Math.max(ALWAYS, apart.size() / ONE_OF), apart.size() / 2);
        return apart.get(apart.size() - 1 - lost);
    }

    @SuppressWarnings("ArrayRecordComponent") // tables inside one call
    private record Table(float[] boxes, float[] scores, long[] labels, long[] shape) {
        static Table of(Map<String, Tensor> outputs) {
            return new Table(
                    outputs.get(DetectorExport.BOXES).toFloatArray(),
                    outputs.get(DetectorExport.SCORES).toFloatArray(),
                    outputs.get(DetectorExport.LABELS).toLongArray(),
                    outputs.get(DetectorExport.SCORES).shape().toArray());
        }

        double apart(int row, Table other, int its) {
            double size =
                    Math.max(1, Math.max(boxes[4 * row + 2] - boxes[4 * row], boxes[4 * row + 3] - boxes[4 * row + 1]));
            double apart = Math.abs(scores[row] - other.scores[its]);
            for (int i = 0; i < 4; i++) {
                apart = Math.max(apart, Math.abs(boxes[4 * row + i] - other.boxes[4 * its + i]) / size);
            }
            return apart;
        }
    }
}
