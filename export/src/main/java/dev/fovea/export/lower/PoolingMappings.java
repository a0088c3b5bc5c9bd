package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The largest or the mean of windows. */
final class PoolingMappings {
    private PoolingMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        for (int spatial = 1; spatial <= 3; spatial++) {
            int dims = spatial;
            table.put(
                    "max_pool" + dims + "d",
                    Mapping.one(c -> batched(c, dims, x -> max(c, x, 1).get(0))));
            table.put("avg_pool" + dims + "d", Mapping.one(c -> batched(c, dims, x -> average(c, x))));
            table.put("adaptive_avg_pool" + dims + "d", Mapping.one(c -> batched(c, dims, x -> adaptive(c, x, true))));
        }
        table.put("adaptive_max_pool2d", Mapping.one(c -> batched(c, 2, x -> adaptive(c, x, false))));
        table.put("max_pool2d_with_indices", PoolingMappings::maxWithIndices);
        table.put("max_unpool2d", Mapping.one(PoolingMappings::unpool));
        return table;
    }

    private static String batched(Call c, int spatial, java.util.function.UnaryOperator<String> work) {
        return ConvolutionMappings.inBatches(c, spatial, work);
    }

    /** Whether rounding the size up gave windows that rounding down does not. */
    private static boolean roundsUp(Call c, long[] dilation) {
        if (!c.flag("ceil_mode")) {
            return false;
        }
        long[] kernel = c.integers("kernel");
        long[] stride = c.integers("stride");
        long[] padding = c.integers("padding");
        for (int i = 0; i < kernel.length; i++) {
            int dim = c.rank(0) - kernel.length + i;
            if (!c.isFixed(0, dim)) {
                return true;
            }
            long room = c.shape(0).dim(dim) + 2 * padding[i] - dilation[i] * (kernel[i] - 1) - 1;
            if (room / stride[i] + 1 != c.outShape(0).dim(dim)) {
                return true;
            }
        }
        return false;
    }

    private static java.util.List<String> max(Call c, String x, int results) {
        var attributes = Call.with(
                "kernel_shape",
                c.integers("kernel"),
                "strides",
                c.integers("stride"),
                "pads",
                ConvolutionMappings.rims(c.integers("padding")),
                "dilations",
                c.integers("dilation"),
                "ceil_mode",
                roundsUp(c, c.integers("dilation")) ? 1 : 0);
        return c.emitMany("MaxPool", results, attributes, x);
    }

    /** ONNX counts places over the whole tensor, the facade within each map. */
    private static void maxWithIndices(Call c) {
        boolean single = c.rank(0) == 3;
        var both = max(c, single ? c.unsqueeze(c.in(0), 0) : c.in(0), 2);
        long area = c.fixedLength(0, c.rank(0) - 2) * c.fixedLength(0, c.rank(0) - 1);
        String places = c.emit("Mod", both.get(1), c.scalar((double) area, DType.INT64));
        c.result(0, single ? c.squeeze(both.get(0), 0) : both.get(0));
        c.result(1, single ? c.squeeze(places, 0) : places);
    }

    private static String unpool(Call c) {
        int rank = c.rank(0);
        long[] size = c.integers("size");
        var leading = c.inLengths(0).subList(0, rank - 2);
        int recordings = leading.get(0).seen().length;
        var flat = new ArrayList<>(leading);
        flat.add(Length.fixed(c.fixedLength(0, rank - 2) * c.fixedLength(0, rank - 1), recordings));
        var large = new ArrayList<>(leading);
        large.add(Length.fixed(size[0] * size[1], recordings));
        String empty = c.emit("Expand", c.scalar(0, c.outType(0)), c.row(large));
        String filled = c.emit(
                "ScatterElements",
                Call.with("axis", rank - 2),
                empty,
                c.reshape(c.in(1), c.inLengths(1), flat),
                c.reshape(c.in(0), c.inLengths(0), flat));
        return c.reshape(filled, large, c.outLengths(0));
    }

    private static String average(Call c, String x) {
        long[] kernel = c.integers("kernel");
        long[] padding = c.integers("padding");
        boolean counts = c.flag("count_include_pad") && Arrays.stream(padding).anyMatch(p -> p > 0);
        var dilation = new long[kernel.length];
        Arrays.fill(dilation, 1);
        boolean up = roundsUp(c, dilation);
        var attributes = Call.with(
                "kernel_shape",
                kernel,
                "strides",
                c.integers("stride"),
                "pads",
                ConvolutionMappings.rims(padding),
                "ceil_mode",
                up ? 1 : 0,
                "count_include_pad",
                counts ? 1 : 0);
        if (up && counts && c.opset() < 19) {
            c.needOpset(19); // before, engines disagree on what the last window counts
        }
        return c.emit("AveragePool", attributes, x);
    }

    // --- windows that cover the map, whatever its size
    // ----------------------------------------------------------------

    private static String adaptive(Call c, String x, boolean mean) {
        long[] size = c.integers("size");
        int spatial = size.length;
        if (Arrays.stream(size).allMatch(n -> n == 1)) {
            return c.emit(mean ? "GlobalAveragePool" : "GlobalMaxPool", x);
        }
        var lengths = new long[spatial];
        var kernel = new long[spatial];
        boolean same = true;
        boolean even = true;
        for (int i = 0; i < spatial; i++) {
            lengths[i] = c.fixedLength(0, c.rank(0) - spatial + i);
            kernel[i] = lengths[i] / size[i];
            same &= lengths[i] == size[i];
            even &= lengths[i] % size[i] == 0;
        }
        if (same) {
            return x;
        }
        if (even) {
            return c.emit(mean ? "AveragePool" : "MaxPool", Call.with("kernel_shape", kernel, "strides", kernel), x);
        }
        for (int i = 0; i < spatial; i++) {
            x = mean ? means(c, x, i - spatial, lengths[i], size[i]) : maxima(c, x, i + 2, lengths[i], size[i]);
        }
        return x;
    }

    private static long begin(long i, long length, long size) {
        return i * length / size;
    }

    private static long end(long i, long length, long size) {
        return -Math.floorDiv(-(i + 1) * length, size);
    }

    /** Means of unequal windows along one of the last dimensions: a product with a matrix of weights. */
    private static String means(Call c, String x, int dim, long length, long size) {
        var weights = new float[(int) (length * size)];
        for (long i = 0; i < size; i++) {
            long from = begin(i, length, size);
            long to = end(i, length, size);
            for (long j = from; j < to; j++) {
                weights[(int) (j * size + i)] = 1f / (to - from);
            }
        }
        String matrix = c.constant("windows", Constant.of(weights, length, size));
        return alongDim(c, x, dim, matrix);
    }

    /** The product of a matrix {@code [from, to]} with the vectors along a dimension counted from the end. */
    static String alongDim(Call c, String x, int dim, String matrix) {
        if (dim == -1) {
            return c.emit("MatMul", x, matrix);
        }
        int rank = Math.max(c.rank(0), c.outRank(0));
        var order = new long[rank];
        Arrays.setAll(order, i -> i);
        order[rank + dim] = rank - 1L;
        order[rank - 1] = (long) rank + dim;
        return c.transpose(c.emit("MatMul", c.transpose(x, order), matrix), order);
    }

    private static String maxima(Call c, String x, int axis, long length, long size) {
        var parts = new ArrayList<String>();
        for (long i = 0; i < size; i++) {
            String window = c.slice(x, axis, begin(i, length, size), end(i, length, size), 1);
            parts.add(c.reduce("ReduceMax", window, new int[] {axis}, true));
        }
        return c.emit("Concat", Call.with("axis", axis), parts.toArray(String[]::new));
    }
}
