package dev.fovea.nn.layer;

import dev.fovea.tensor.Tensor;

/**
 * How many zeros TensorFlow's rule {@code SAME} puts around a map so that a window that moves by {@code stride} gives
 * {@code ceil(size / stride)} values: what is missing is halved, and an odd one goes to the right and the bottom. The widths depend on the
 * size of each input.
 */
public record SamePadding(long left, long right, long top, long bottom) {
    /** The padding of maps {@code [N, C, H, W]} for a window, whose own padding does not count. */
    public static SamePadding of(Tensor x, ConvWindow window) {
        long width = missing(x.dim(3), window.kernelWidth(), window.strideWidth(), window.dilation());
        long height = missing(x.dim(2), window.kernelHeight(), window.strideHeight(), window.dilation());
        return new SamePadding(width / 2, width - width / 2, height / 2, height - height / 2);
    }

    private static long missing(long size, long kernel, long stride, long dilation) {
        long outputs = (size + stride - 1) / stride;
        return Math.max(0, (outputs - 1) * stride + (kernel - 1) * dilation + 1 - size);
    }

    /** Whether both sides get equally many zeros, so that the convolution itself can put them there. */
    public boolean isSymmetric() {
        return left == right && top == bottom;
    }

    /** The map with its rim of zeros, {@code [N, C, top + H + bottom, left + W + right]}. */
    public Tensor pad(Tensor x) {
        return x.pad(left, right, top, bottom);
    }

    /**
     * Convolution of {@code [N, in, H, W]} to {@code [N, out, ceil(H / stride), ceil(W / stride)]}.
     *
     * @param weight {@code [out, in / groups, kh, kw]}
     * @param bias {@code [out]} or null
     */
    public static Tensor conv2d(Tensor x, Tensor weight, Tensor bias, ConvWindow window, int groups) {
        var padding = of(x, window);
        boolean inside = padding.isSymmetric();
        return (inside ? x : padding.pad(x))
                .conv2d(
                        weight,
                        bias,
                        window.strides(),
                        inside ? new long[] {padding.top, padding.left} : new long[] {0, 0},
                        window.dilations(),
                        groups);
    }
}
