package dev.fovea.tensor;

import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleVector;
import org.bytedeco.pytorch.InterpolateFuncOptions;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.kArea;
import org.bytedeco.pytorch.kBicubic;
import org.bytedeco.pytorch.kBilinear;
import org.bytedeco.pytorch.kNearest;
import org.bytedeco.pytorch.kNearestExact;

/** On maps {@code [N, C, H, W]}: convolution, pooling, resizing, sampling. Pairs are {@code {height, width}}. */
abstract sealed class SpatialOps extends ShapeOps permits NetworkOps {
    SpatialOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    static TensorOptional optional(Tensor tensor) {
        return tensor == null ? new TensorOptional() : new TensorOptional(tensor.raw());
    }

    private void expectMaps(String operation) {
        if (rank() != 4 && rank() != 3) {
            throw new TensorException(operation + ": expected maps [N, C, H, W], got " + describe());
        }
    }

    /**
     * Convolution (cross-correlation, as all libraries do it).
     *
     * @param weight {@code [out, in / groups, kh, kw]}
     * @param bias {@code [out]} or null
     * @return {@code [N, out, (H + 2 ph - dh (kh - 1) - 1) / sh + 1, …]}
     */
    public final Tensor conv2d(
            Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation, long groups) {
        expectMaps("conv2d");
        if (weight.rank() != 4) {
            throw new TensorException("conv2d: expected weight [out, in / groups, kh, kw], got " + weight.describe());
        }
        if (dim(-3) != weight.dim(1) * groups) {
            throw new TensorException("conv2d: expected input [N, " + weight.dim(1) * groups + ", H, W] for weight "
                    + weight.shape() + " with groups=" + groups + ", got " + describe());
        }
        return Op.run(
                "conv2d",
                Attributes.of("stride", stride, "padding", padding, "dilation", dilation, "groups", groups),
                () -> torch.conv2d(raw(), weight.raw(), optional(bias), stride, padding, dilation, groups),
                self(),
                weight,
                bias);
    }

    /**
     * Transposed convolution: the gradient of {@link #conv2d} with respect to its input.
     *
     * @param weight {@code [in, out / groups, kh, kw]}
     * @param bias {@code [out]} or null
     */
    public final Tensor convTranspose2d(
            Tensor weight,
            Tensor bias,
            long[] stride,
            long[] padding,
            long[] outputPadding,
            long[] dilation,
            long groups) {
        expectMaps("conv_transpose2d");
        if (dim(-3) != weight.dim(0)) {
            throw new TensorException("conv_transpose2d: expected input [N, " + weight.dim(0) + ", H, W] for weight "
                    + weight.shape() + ", got " + describe());
        }
        return Op.run(
                "conv_transpose2d",
                Attributes.of(
                        "stride",
                        stride,
                        "padding",
                        padding,
                        "output_padding",
                        outputPadding,
                        "dilation",
                        dilation,
                        "groups",
                        groups),
                () -> torch.conv_transpose2d(
                        raw(), weight.raw(), optional(bias), stride, padding, outputPadding, groups, dilation),
                self(),
                weight,
                bias);
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
                Attributes.of(
                        "kernel",
                        kernel,
                        "stride",
                        stride,
                        "padding",
                        padding,
                        "ceil_mode",
                        ceilMode,
                        "count_include_pad",
                        countPadding),
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

    /** How {@link #interpolate} finds values between pixels. */
    public enum Interpolation {
        NEAREST,
        NEAREST_EXACT,
        BILINEAR,
        BICUBIC,
        AREA
    }

    /**
     * Maps resized to {@code height x width}.
     *
     * @param alignCorners whether the centres of the corner pixels stay in place (bilinear and bicubic only)
     * @param antialias whether shrinking looks at all pixels under a target pixel (bilinear and bicubic only)
     */
    public final Tensor interpolate(
            long height, long width, Interpolation mode, boolean alignCorners, boolean antialias) {
        return resized(new long[] {height, width}, null, mode, alignCorners, antialias);
    }

    /** Maps resized by factors, sizes rounded down; sampling uses the given factors, not the ratio of the sizes. */
    public final Tensor interpolate(double scaleHeight, double scaleWidth, Interpolation mode, boolean alignCorners) {
        return resized(null, new double[] {scaleHeight, scaleWidth}, mode, alignCorners, false);
    }

    private Tensor resized(long[] size, double[] scale, Interpolation mode, boolean alignCorners, boolean antialias) {
        if (rank() != 4) {
            throw new TensorException("interpolate: expected maps [N, C, H, W], got " + describe());
        }
        boolean smooth = mode == Interpolation.BILINEAR || mode == Interpolation.BICUBIC;
        var attributes = Attributes.of(
                "size",
                size,
                "scale",
                scale == null ? null : Arrays.toString(scale),
                "mode",
                mode.name().toLowerCase(Locale.ROOT),
                "align_corners",
                alignCorners,
                "antialias",
                antialias);
        return Op.run(
                "interpolate",
                attributes,
                () -> {
                    var options = new InterpolateFuncOptions();
                    if (size != null) {
                        options.size().put(new LongVector(size));
                    } else {
                        options.scale_factor().put(new DoubleVector(scale));
                    }
                    switch (mode) {
                        case NEAREST -> options.mode().put(new kNearest());
                        case NEAREST_EXACT -> options.mode().put(new kNearestExact());
                        case BILINEAR -> options.mode().put(new kBilinear());
                        case BICUBIC -> options.mode().put(new kBicubic());
                        case AREA -> options.mode().put(new kArea());
                    }
                    if (smooth) {
                        options.align_corners().put(new BoolOptional(alignCorners));
                        options.antialias().put(antialias);
                    }
                    return torch.interpolate(raw(), options);
                },
                self());
    }

    /** How {@link #gridSample} treats places outside the map. */
    public enum GridPadding {
        ZEROS(0),
        BORDER(1),
        REFLECTION(2);

        final long code;

        GridPadding(long code) {
            this.code = code;
        }
    }

    /**
     * Values at places between pixels.
     *
     * @param grid {@code [N, h, w, 2]}, x then y, -1 to 1 over the map
     * @param mode NEAREST, BILINEAR or BICUBIC
     * @return {@code [N, C, h, w]}
     */
    public final Tensor gridSample(Tensor grid, Interpolation mode, GridPadding padding, boolean alignCorners) {
        long code =
                switch (mode) {
                    case BILINEAR -> 0;
                    case NEAREST -> 1;
                    case BICUBIC -> 2;
                    default ->
                        throw new TensorException("grid_sample: expected NEAREST, BILINEAR or BICUBIC, got " + mode);
                };
        return Op.run(
                "grid_sample",
                Attributes.of(
                        "mode", mode.name().toLowerCase(Locale.ROOT),
                        "padding_mode", padding.name().toLowerCase(Locale.ROOT),
                        "align_corners", alignCorners),
                () -> torch.grid_sampler(raw(), grid.raw(), code, padding.code, alignCorners),
                self(),
                grid);
    }

    /** Windows as columns: {@code [N, C kh kw, windows]}. */
    public final Tensor unfold(long[] kernel, long[] dilation, long[] padding, long[] stride) {
        return Op.run(
                "unfold",
                Attributes.of("kernel", kernel, "dilation", dilation, "padding", padding, "stride", stride),
                () -> torch.im2col(raw(), kernel, dilation, padding, stride),
                self());
    }

    /** The sum of columns at the places {@link #unfold} took them from, in a map of {@code size}. */
    public final Tensor fold(long[] size, long[] kernel, long[] dilation, long[] padding, long[] stride) {
        return Op.run(
                "fold",
                Attributes.of(
                        "size", size, "kernel", kernel, "dilation", dilation, "padding", padding, "stride", stride),
                () -> torch.col2im(raw(), size, kernel, dilation, padding, stride),
                self());
    }

    /** {@code [N, C r r, H, W]} to {@code [N, C, H r, W r]}. */
    public final Tensor pixelShuffle(long factor) {
        return Op.run(
                "pixel_shuffle", Attributes.of("factor", factor), () -> torch.pixel_shuffle(raw(), factor), self());
    }

    /** {@code [N, C, H r, W r]} to {@code [N, C r r, H, W]}. */
    public final Tensor pixelUnshuffle(long factor) {
        return Op.run(
                "pixel_unshuffle", Attributes.of("factor", factor), () -> torch.pixel_unshuffle(raw(), factor), self());
    }
}
