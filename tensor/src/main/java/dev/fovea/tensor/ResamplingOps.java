package dev.fovea.tensor;

import java.util.Locale;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.DoubleVector;
import org.bytedeco.pytorch.InterpolateFuncOptions;
import org.bytedeco.pytorch.LongVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.kArea;
import org.bytedeco.pytorch.kBicubic;
import org.bytedeco.pytorch.kBilinear;
import org.bytedeco.pytorch.kLinear;
import org.bytedeco.pytorch.kNearest;
import org.bytedeco.pytorch.kNearestExact;
import org.bytedeco.pytorch.kTrilinear;

/** Resizing, sampling between pixels, windows as columns, and trading channels for pixels. */
abstract sealed class ResamplingOps extends PoolingOps permits NetworkOps {
    ResamplingOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
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
        return resized(4, new long[] {height, width}, null, mode, alignCorners, antialias);
    }

    /** Maps resized by factors, sizes rounded down; sampling uses the given factors, not the ratio of the sizes. */
    public final Tensor interpolate(double scaleHeight, double scaleWidth, Interpolation mode, boolean alignCorners) {
        return resized(4, null, new double[] {scaleHeight, scaleWidth}, mode, alignCorners, false);
    }

    private Tensor resized(
            int rank, long[] size, double[] scale, Interpolation mode, boolean alignCorners, boolean antialias) {
        if (rank() != rank) {
            throw new TensorException("interpolate: expected " + (rank == 4 ? "maps [N, C, H, W]" : "rank " + rank)
                    + ", got " + describe());
        }
        if (rank != 4 && mode == Interpolation.BICUBIC) {
            throw new TensorException("interpolate: BICUBIC is for maps [N, C, H, W], got " + describe());
        }
        boolean smooth = mode == Interpolation.BILINEAR || mode == Interpolation.BICUBIC;
        var attributes = Attributes.of(
                "size",
                size,
                "scale",
                scale,
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
                    choose(options, mode, rank);
                    if (smooth) {
                        options.align_corners().put(new BoolOptional(alignCorners));
                        options.antialias().put(antialias);
                    }
                    return torch.interpolate(raw(), options);
                },
                self());
    }

    private static void choose(InterpolateFuncOptions options, Interpolation mode, int rank) {
        switch (mode) {
            case NEAREST -> options.mode().put(new kNearest());
            case NEAREST_EXACT -> options.mode().put(new kNearestExact());
            case BICUBIC -> options.mode().put(new kBicubic());
            case AREA -> options.mode().put(new kArea());
            case BILINEAR -> {
                switch (rank) {
                    case 3 -> options.mode().put(new kLinear());
                    case 5 -> options.mode().put(new kTrilinear());
                    default -> options.mode().put(new kBilinear());
                }
            }
        }
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

    /** Signals {@code [N, C, L]} resized by NEAREST, NEAREST_EXACT, BILINEAR (then linear) or AREA. */
    public final Tensor interpolate1d(long length, Interpolation mode, boolean alignCorners) {
        return resized(3, new long[] {length}, null, mode, alignCorners, false);
    }

    /** Volumes {@code [N, C, D, H, W]} resized by NEAREST, NEAREST_EXACT, BILINEAR (then trilinear) or AREA. */
    public final Tensor interpolate3d(long depth, long height, long width, Interpolation mode, boolean alignCorners) {
        return resized(5, new long[] {depth, height, width}, null, mode, alignCorners, false);
    }

    /**
     * The places that {@link #gridSample} needs to move maps by these matrices {@code [N, 2, 3]}, from target to source in
     * coordinates -1 to 1.
     *
     * @return {@code [N, height, width, 2]}
     */
    public final Tensor affineGrid(long height, long width, boolean alignCorners) {
        if (rank() != 3 || dim(1) != 2 || dim(2) != 3) {
            throw new TensorException("affine_grid: expected matrices [N, 2, 3], got " + describe());
        }
        long[] size = {dim(0), 1, height, width};
        return Op.run(
                "affine_grid",
                Attributes.of("size", size, "align_corners", alignCorners),
                () -> torch.affine_grid_generator(raw(), size, alignCorners),
                self());
    }
}
