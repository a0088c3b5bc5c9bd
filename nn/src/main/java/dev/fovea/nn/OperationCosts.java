package dev.fovea.nn;

import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;

/** What an operation costs and how far it sees, from its name and its shapes. */
final class OperationCosts {
    private OperationCosts() {}

    /** Multiplications with an addition, counted as papers do: convolutions and products, nothing that works element by element. */
    static long multiplyAdds(String operation, List<Tensor> in, List<Tensor> out) {
        return switch (operation) {
            case "conv2d", "conv1d", "conv3d" ->
                out.get(0).numel() * (in.get(1).numel() / in.get(1).dim(0));
            case "conv_transpose2d" ->
                in.get(0).numel() * (in.get(1).numel() / in.get(1).dim(0));
            case "linear" -> out.get(0).numel() * in.get(1).dim(1);
            case "matmul" -> out.get(0).numel() * in.get(0).dim(-1);
            case "scaled_dot_product_attention" ->
                in.get(0).numel() * in.get(1).dim(-2)
                        + out.get(0).numel() * in.get(1).dim(-2);
            case "lstm", "gru" -> recurrent(operation, in);
            default -> 0;
        };
    }

    /** Every weight matrix is used once at every step of every sequence. */
    private static long recurrent(String operation, List<Tensor> in) {
        long steps = in.get(0).dim(0) * in.get(0).dim(1);
        int states = operation.equals("lstm") ? 2 : 1;
        return steps
                * in.stream()
                        .skip(1L + states)
                        .filter(w -> w.rank() == 2)
                        .mapToLong(Tensor::numel)
                        .sum();
    }

    /** The field of an operation's result, from the field of what goes in. */
    static ReceptiveField field(
            String operation, List<Tensor> in, Map<String, Object> attributes, List<Tensor> out, ReceptiveField from) {
        return switch (operation) {
            case "conv2d" ->
                from.window(spread(pair(in.get(1).dim(2), in.get(1).dim(3)), attributes), stride(attributes));
            case "max_pool2d", "max_pool2d_with_indices", "avg_pool2d" ->
                from.window(spread(doubles(attributes.get("kernel")), attributes), stride(attributes));
            case "conv_transpose2d" -> transposed(in.get(1), attributes, from);
            case "adaptive_avg_pool2d", "adaptive_max_pool2d" -> adaptive(in.get(0), out.get(0), from);
            case "interpolate" -> resized(in.get(0), out.get(0), attributes, from);
            case "pixel_shuffle" ->
                from.window(pair(1L, 1L), pair(ratio(in.get(0), out.get(0), -2), ratio(in.get(0), out.get(0), -1)));
            case "scaled_dot_product_attention", "lstm", "gru" -> ReceptiveField.WHOLE;
            case "mean", "sum", "amax", "amin", "flatten", "reshape" ->
                joinsPlaces(in.get(0), out.get(0)) ? ReceptiveField.WHOLE : from;
            default -> from;
        };
    }

    /** Whether the places of a map {@code [N, C, H, W]} fall together. */
    private static boolean joinsPlaces(Tensor in, Tensor out) {
        return in.rank() == 4 && in.dim(2) * in.dim(3) > 1 && (out.rank() < 3 || out.dim(-1) * out.dim(-2) == 1);
    }

    private static ReceptiveField transposed(Tensor weight, Map<String, Object> attributes, ReceptiveField from) {
        double[] stride = stride(attributes);
        double[] seen = spread(pair(weight.dim(2), weight.dim(3)), attributes);
        return from.window(
                pair(Math.ceil(seen[0] / stride[0]), Math.ceil(seen[1] / stride[1])),
                pair(1 / stride[0], 1 / stride[1]));
    }

    private static ReceptiveField adaptive(Tensor in, Tensor out, ReceptiveField from) {
        if (out.dim(-1) == 1 && out.dim(-2) == 1) {
            return ReceptiveField.WHOLE;
        }
        double high = ratio(in, out, -2);
        double wide = ratio(in, out, -1);
        return from.window(pair(cells(high), cells(wide)), pair(high, wide));
    }

    /** Windows of broken size overlap by one cell. */
    private static double cells(double ratio) {
        return ratio == Math.rint(ratio) ? ratio : Math.ceil(ratio) + 1;
    }

    private static ReceptiveField resized(Tensor in, Tensor out, Map<String, Object> attributes, ReceptiveField from) {
        double taps =
                switch (String.valueOf(attributes.get("mode"))) {
                    case "bilinear" -> 2;
                    case "bicubic" -> 4;
                    default -> 1;
                };
        return from.window(pair(taps, taps), pair(ratio(in, out, -2), ratio(in, out, -1)));
    }

    private static double ratio(Tensor in, Tensor out, int dim) {
        return (double) in.dim(dim) / (double) out.dim(dim);
    }

    /** The extent of a kernel whose positions are {@code dilation} apart. */
    private static double[] spread(double[] kernel, Map<String, Object> attributes) {
        Object dilation = attributes.get("dilation");
        if (dilation == null) {
            return kernel;
        }
        double[] d = doubles(dilation);
        return pair((kernel[0] - 1) * d[0] + 1, (kernel[1] - 1) * d[1] + 1);
    }

    private static double[] stride(Map<String, Object> attributes) {
        return doubles(attributes.get("stride"));
    }

    private static double[] doubles(Object longs) {
        long[] values = (long[]) longs;
        return pair(values[0], values[1]);
    }

    private static double[] pair(long high, long wide) {
        return new double[] {(double) high, (double) wide};
    }

    private static double[] pair(double high, double wide) {
        return new double[] {high, wide};
    }
}
