package dev.fovea.models.verify;

import com.fasterxml.jackson.databind.JsonNode;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a golden file says about one tensor: its shape, some of its values, mean, standard deviation (over n) and Euclidean length.
 * Lists that the file leaves out are empty, numbers that it leaves out are NaN.
 */
record TensorSummary(
        Shape shape, List<Double> first, List<Double> samples, List<Double> all, double mean, double std, double l2) {
    private static final double GOLDEN_RATIO = 0.6180339887498949;
    private static final int MOST_VALUES = 1_000_000;

    static TensorSummary of(JsonNode node) throws IOException {
        return new TensorSummary(
                shape(node.path("shape")),
                numbers(node.path("first")),
                numbers(node.path("samples")),
                numbers(node.has("all") ? node.path("all") : node.path("rows")),
                number(node.path("mean")),
                number(node.path("std")),
                number(node.path("l2")));
    }

    static Shape shape(JsonNode node) throws IOException {
        var dims = new long[node.size()];
        for (int i = 0; i < dims.length; i++) {
            var d = node.get(i);
            if (!d.isIntegralNumber() || d.longValue() < 0 || d.longValue() > Integer.MAX_VALUE) {
                throw new IOException("a shape is a list of lengths, got " + node);
            }
            dims[i] = d.longValue();
        }
        return Shape.of(dims);
    }

    private static double number(JsonNode node) {
        return node.isNumber() ? node.doubleValue() : Double.NaN;
    }

    /** Numbers of a list, of nested lists row by row, or a single number. */
    private static List<Double> numbers(JsonNode node) throws IOException {
        var list = new ArrayList<Double>();
        collect(node, list);
        return list;
    }

    private static void collect(JsonNode node, List<Double> into) throws IOException {
        if (node.isArray()) {
            for (var item : node) {
                collect(item, into);
            }
        } else if (node.isBoolean()) {
            into.add(node.booleanValue() ? 1.0 : 0.0);
        } else if (!node.isMissingNode()) {
            into.add(node.isTextual() ? Double.parseDouble(node.textValue()) : number(node));
        }
        if (into.size() > MOST_VALUES) {
            throw new IOException("a tensor summary has more than " + MOST_VALUES + " values");
        }
    }

    /** The place of sample {@code j} among {@code n} elements: multiples of the golden ratio spread evenly. */
    static int sampleIndex(int j, int n) {
        double t = (j + 1) * GOLDEN_RATIO;
        return (int) Math.floor((t - Math.floor(t)) * n);
    }

    /**
     * The largest difference to {@code actual}: of values and mean in standard deviations, of standard deviation and length relative.
     * Infinite, if the shape differs or a value is not a number on one side only.
     */
    double difference(Tensor actual) {
        if (!actual.shape().equals(shape)) {
            return Double.POSITIVE_INFINITY;
        }
        var values = actual.toDoubleArray();
        double scale = scale();
        double worst = 0;
        for (int i = 0; i < first.size(); i++) {
            worst = larger(worst, apart(values[i], first.get(i)) / scale);
        }
        for (int j = 0; j < samples.size(); j++) {
            worst = larger(worst, apart(values[sampleIndex(j, values.length)], samples.get(j)) / scale);
        }
        for (int i = 0; i < all.size(); i++) {
            worst = larger(worst, apart(values[i], all.get(i)) / scale);
        }
        return larger(worst, statistics(values, scale));
    }

    private double statistics(double[] values, double scale) {
        double sum = 0;
        double squares = 0;
        for (double v : values) {
            sum += v;
            squares += v * v;
        }
        double average = sum / values.length;
        double deviations = 0;
        for (double v : values) {
            deviations += (v - average) * (v - average);
        }
        double worst = 0;
        if (!Double.isNaN(mean)) {
            worst = larger(worst, apart(average, mean) / scale);
        }
        if (!Double.isNaN(std)) {
            worst = larger(worst, apart(Math.sqrt(deviations / values.length), std) / scale);
        }
        if (!Double.isNaN(l2)) {
            worst = larger(worst, apart(Math.sqrt(squares), l2) / Math.max(Math.abs(l2), Double.MIN_NORMAL));
        }
        return worst;
    }

    /** The standard deviation; where there is none (one element, equal values) the size of the values. */
    private double scale() {
        if (std > 0) {
            return std;
        }
        double size = all.isEmpty() ? 0 : Math.abs(all.get(0));
        for (double v : first) {
            size = Math.max(size, Math.abs(v));
        }
        if (std != 0 && all.size() > 1) {
            double average =
                    all.stream().mapToDouble(Double::doubleValue).average().orElse(0);
            double variance = all.stream()
                    .mapToDouble(v -> (v - average) * (v - average))
                    .average()
                    .orElse(0);
            size = variance > 0 ? Math.sqrt(variance) : size;
        }
        return size > 0 ? size : 1;
    }

    private static double apart(double a, double b) {
        if (Double.isNaN(a) != Double.isNaN(b)) {
            return Double.POSITIVE_INFINITY;
        }
        return a == b || Double.isNaN(a) ? 0 : Math.abs(a - b);
    }

    private static double larger(double a, double b) {
        return Double.isNaN(b) ? Double.POSITIVE_INFINITY : Math.max(a, b);
    }
}
