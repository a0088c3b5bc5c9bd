package dev.fovea.export.lower;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Convolutions of signals, maps and volumes. */
final class ConvolutionMappings {
    private ConvolutionMappings() {}

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        for (int spatial = 1; spatial <= 3; spatial++) {
            int dims = spatial;
            table.put("conv" + dims + "d", Mapping.one(c -> inBatches(c, dims, x -> convolution(c, x))));
            table.put("conv_transpose" + dims + "d", Mapping.one(c -> inBatches(c, dims, x -> transposed(c, x))));
        }
        return table;
    }

    /** Adds the batch dimension that the facade lets one leave out. */
    static String inBatches(Call c, int spatial, java.util.function.UnaryOperator<String> work) {
        if (c.rank(0) == spatial + 2) {
            return work.apply(c.in(0));
        }
        return c.squeeze(work.apply(c.unsqueeze(c.in(0), 0)), 0);
    }

    /** Widths at the beginnings of all dimensions, then at their ends. */
    static long[] rims(long[] padding) {
        var both = Arrays.copyOf(padding, padding.length * 2);
        System.arraycopy(padding, 0, both, padding.length, padding.length);
        return both;
    }

    private static String[] inputs(Call c, String x) {
        return c.has(2) ? new String[] {x, c.in(1), c.in(2)} : new String[] {x, c.in(1)};
    }

    private static String convolution(Call c, String x) {
        long[] kernel = Arrays.copyOfRange(c.shape(1).toArray(), 2, c.rank(1));
        var attributes = Call.with(
                "kernel_shape",
                kernel,
                "strides",
                c.integers("stride"),
                "pads",
                rims(c.integers("padding")),
                "dilations",
                c.integers("dilation"),
                "group",
                c.integer("groups"));
        return c.emit("Conv", attributes, inputs(c, x));
    }

    private static String transposed(Call c, String x) {
        long[] kernel = Arrays.copyOfRange(c.shape(1).toArray(), 2, c.rank(1));
        var attributes = Call.with(
                "kernel_shape",
                kernel,
                "strides",
                c.integers("stride"),
                "pads",
                rims(c.integers("padding")),
                "output_padding",
                c.integers("output_padding"),
                "dilations",
                c.integers("dilation"),
                "group",
                c.integer("groups"));
        return c.emit("ConvTranspose", attributes, inputs(c, x));
    }
}
