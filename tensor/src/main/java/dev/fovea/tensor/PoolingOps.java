package dev.fovea.tensor;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.global.torch;

/** The largest or the mean of windows. Pairs are {@code {height, width}}. */
abstract sealed class PoolingOps extends ConvolutionOps permits ResamplingOps {
    PoolingOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** The largest value in each window; the rim counts as minus infinity. */
    public final Tensor maxPool2d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        expectMaps("max_pool2d");
        return Op.run(
                "max_pool2d",
                pooling(kernel, stride, padding, dilation, ceilMode),
                () -> torch.max_pool2d(raw(), kernel, stride, padding, dilation, ceilMode),
                self());
    }

    /** {@link #maxPool2d} with the flat place of each value within its map, for {@link #maxUnpool2d}. */
    public final Indexed maxPool2dIndexed(
            long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        expectMaps("max_pool2d");
        var both = Op.runMany(
                "max_pool2d_with_indices",
                pooling(kernel, stride, padding, dilation, ceilMode),
                () -> {
                    var t = torch.max_pool2d_with_indices(raw(), kernel, stride, padding, dilation, ceilMode);
                    return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
                },
                self());
        return new Indexed(both.get(0), both.get(1));
    }

    private static Attributes pooling(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        return Attributes.of(
                "kernel", kernel, "stride", stride, "padding", padding, "dilation", dilation, "ceil_mode", ceilMode);
    }

    private static Attributes averaging(
            long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countPadding) {
        return Attributes.of(
                "kernel",
                kernel,
                "stride",
                stride,
                "padding",
                padding,
                "ceil_mode",
                ceilMode,
                "count_include_pad",
                countPadding);
    }

    /** Puts values back to the places that {@link #maxPool2dIndexed} gave, in a map of {@code size}; the rest is 0. */
    public final Tensor maxUnpool2d(Tensor indices, long... size) {
        return Op.run(
                "max_unpool2d",
                Attributes.of("size", size),
                () -> torch.max_unpool2d(raw(), indices.raw(), size),
                self(),
                indices);
    }

    /** The mean of each window. */
    public final Tensor avgPool2d(
            long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countPadding) {
        expectMaps("avg_pool2d");
        return Op.run(
                "avg_pool2d",
                averaging(kernel, stride, padding, ceilMode, countPadding),
                () -> torch.avg_pool2d(raw(), kernel, stride, padding, ceilMode, countPadding, new LongOptional()),
                self());
    }

    /** The means of {@code height x width} windows that cover the map, whatever its size. */
    public final Tensor adaptiveAvgPool2d(long height, long width) {
        expectMaps("adaptive_avg_pool2d");
        return Op.run(
                "adaptive_avg_pool2d",
                Attributes.of("size", new long[] {height, width}),
                () -> torch.adaptive_avg_pool2d(raw(), height, width),
                self());
    }

    /** The largest values of {@code height x width} windows that cover the map. */
    public final Tensor adaptiveMaxPool2d(long height, long width) {
        expectMaps("adaptive_max_pool2d");
        return Op.run(
                "adaptive_max_pool2d",
                Attributes.of("size", new long[] {height, width}),
                () -> torch.adaptive_max_pool2d(raw(), height, width).get0(),
                self());
    }

    /** {@link #maxPool2d} of signals {@code [N, C, L]}. */
    public final Tensor maxPool1d(long kernel, long stride, long padding, long dilation, boolean ceilMode) {
        long[] k = {kernel};
        long[] s = {stride};
        long[] p = {padding};
        long[] d = {dilation};
        return Op.run(
                "max_pool1d",
                pooling(k, s, p, d, ceilMode),
                () -> torch.max_pool1d(raw(), k, s, p, d, ceilMode),
                self());
    }

    /** {@link #maxPool2d} of volumes {@code [N, C, D, H, W]}. */
    public final Tensor maxPool3d(long[] kernel, long[] stride, long[] padding, long[] dilation, boolean ceilMode) {
        return Op.run(
                "max_pool3d",
                pooling(kernel, stride, padding, dilation, ceilMode),
                () -> torch.max_pool3d(raw(), kernel, stride, padding, dilation, ceilMode),
                self());
    }

    /** {@link #avgPool2d} of signals {@code [N, C, L]}. */
    public final Tensor avgPool1d(long kernel, long stride, long padding, boolean ceilMode, boolean countPadding) {
        long[] k = {kernel};
        long[] s = {stride};
        long[] p = {padding};
        return Op.run(
                "avg_pool1d",
                averaging(k, s, p, ceilMode, countPadding),
                () -> torch.avg_pool1d(raw(), k, s, p, ceilMode, countPadding),
                self());
    }

    /** {@link #avgPool2d} of volumes {@code [N, C, D, H, W]}. */
    public final Tensor avgPool3d(
            long[] kernel, long[] stride, long[] padding, boolean ceilMode, boolean countPadding) {
        return Op.run(
                "avg_pool3d",
                averaging(kernel, stride, padding, ceilMode, countPadding),
                () -> torch.avg_pool3d(raw(), kernel, stride, padding, ceilMode, countPadding, new LongOptional()),
                self());
    }

    /** {@link #adaptiveAvgPool2d} of signals {@code [N, C, L]}. */
    public final Tensor adaptiveAvgPool1d(long length) {
        long[] size = {length};
        return Op.run(
                "adaptive_avg_pool1d",
                Attributes.of("size", size),
                () -> torch.adaptive_avg_pool1d(raw(), size),
                self());
    }

    /** {@link #adaptiveAvgPool2d} of volumes {@code [N, C, D, H, W]}. */
    public final Tensor adaptiveAvgPool3d(long depth, long height, long width) {
        long[] size = {depth, height, width};
        return Op.run(
                "adaptive_avg_pool3d",
                Attributes.of("size", size),
                () -> torch.adaptive_avg_pool3d(raw(), size),
                self());
    }

    /**
     * The p-norm of each window: the sum of x^p, to the power of 1/p. Made of an average of powers, whose sign at places where the
     * sum is negative is kept as the reference keeps it.
     */
    public final Tensor lpPool2d(double p, long[] kernel, long[] stride, boolean ceilMode) {
        expectMaps("lp_pool2d");
        var mean = self().pow(p).avgPool2d(kernel, stride, new long[] {0, 0}, ceilMode, true);
        return mean.sign()
                .mul(mean.abs().relu())
                .mul((double) kernel[0] * kernel[1])
                .pow(1 / p);
    }
}
