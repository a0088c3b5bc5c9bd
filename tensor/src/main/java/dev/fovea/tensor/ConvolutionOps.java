package dev.fovea.tensor;

import org.bytedeco.pytorch.global.torch;

/** Convolutions of signals {@code [N, C, L]}, maps {@code [N, C, H, W]} and volumes {@code [N, C, D, H, W]}. Pairs are {@code {height, width}}. */
abstract sealed class ConvolutionOps extends IndexOps permits PoolingOps {
    ConvolutionOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    final void expectMaps(String operation) {
        if (rank() != 4 && rank() != 3) {
            throw new TensorException(operation + ": expected maps [N, C, H, W], got " + describe());
        }
    }

    /** The check that all convolutions share. */
    private void expectInput(String operation, Tensor weight, long channels, int spatial, String form) {
        if (weight.rank() != spatial + 2) {
            throw new TensorException(
                    operation + ": expected a weight of " + (spatial + 2) + " dimensions, got " + weight.describe());
        }
        if (rank() != spatial + 2 && rank() != spatial + 1) {
            throw new TensorException(
                    operation + ": expected input [N, " + channels + ", " + form + "], got " + describe());
        }
        if (dim(-spatial - 1) != channels) {
            throw new TensorException(operation + ": expected input [N, " + channels + ", " + form + "] for weight "
                    + weight.shape() + ", got " + describe());
        }
    }

    private static Attributes convolution(long[] stride, long[] padding, long[] dilation, long groups) {
        return Attributes.of("stride", stride, "padding", padding, "dilation", dilation, "groups", groups);
    }

    private static Attributes transposed(
            long[] stride, long[] padding, long[] outputPadding, long[] dilation, long groups) {
        return Attributes.of(
                "stride",
                stride,
                "padding",
                padding,
                "output_padding",
                outputPadding,
                "dilation",
                dilation,
                "groups",
                groups);
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
        expectInput("conv2d", weight, weight.rank() < 2 ? 0 : weight.dim(1) * groups, 2, "H, W");
        return Op.run(
                "conv2d",
                convolution(stride, padding, dilation, groups),
                () -> torch.conv2d(raw(), weight.raw(), Op.optional(bias), stride, padding, dilation, groups),
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
        expectInput("conv_transpose2d", weight, weight.rank() < 1 ? 0 : weight.dim(0), 2, "H, W");
        return Op.run(
                "conv_transpose2d",
                transposed(stride, padding, outputPadding, dilation, groups),
                () -> torch.conv_transpose2d(
                        raw(), weight.raw(), Op.optional(bias), stride, padding, outputPadding, groups, dilation),
                self(),
                weight,
                bias);
    }

    /** {@link #conv2d} of signals {@code [N, C, L]} with a weight {@code [out, in / groups, k]}. */
    public final Tensor conv1d(
            Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation, long groups) {
        expectInput("conv1d", weight, weight.rank() < 2 ? 0 : weight.dim(1) * groups, 1, "L");
        return Op.run(
                "conv1d",
                convolution(stride, padding, dilation, groups),
                () -> torch.conv1d(raw(), weight.raw(), Op.optional(bias), stride, padding, dilation, groups),
                self(),
                weight,
                bias);
    }

    /** {@link #conv2d} of volumes {@code [N, C, D, H, W]} with a weight {@code [out, in / groups, kd, kh, kw]}. */
    public final Tensor conv3d(
            Tensor weight, Tensor bias, long[] stride, long[] padding, long[] dilation, long groups) {
        expectInput("conv3d", weight, weight.rank() < 2 ? 0 : weight.dim(1) * groups, 3, "D, H, W");
        return Op.run(
                "conv3d",
                convolution(stride, padding, dilation, groups),
                () -> torch.conv3d(raw(), weight.raw(), Op.optional(bias), stride, padding, dilation, groups),
                self(),
                weight,
                bias);
    }

    /** {@link #convTranspose2d} of signals {@code [N, C, L]} with a weight {@code [in, out / groups, k]}. */
    public final Tensor convTranspose1d(
            Tensor weight,
            Tensor bias,
            long[] stride,
            long[] padding,
            long[] outputPadding,
            long[] dilation,
            long groups) {
        expectInput("conv_transpose1d", weight, weight.rank() < 1 ? 0 : weight.dim(0), 1, "L");
        return Op.run(
                "conv_transpose1d",
                transposed(stride, padding, outputPadding, dilation, groups),
                () -> torch.conv_transpose1d(
                        raw(), weight.raw(), Op.optional(bias), stride, padding, outputPadding, groups, dilation),
                self(),
                weight,
                bias);
    }

    /** {@link #convTranspose2d} of volumes {@code [N, C, D, H, W]} with a weight {@code [in, out / groups, kd, kh, kw]}. */
    public final Tensor convTranspose3d(
            Tensor weight,
            Tensor bias,
            long[] stride,
            long[] padding,
            long[] outputPadding,
            long[] dilation,
            long groups) {
        expectInput("conv_transpose3d", weight, weight.rank() < 1 ? 0 : weight.dim(0), 3, "D, H, W");
        return Op.run(
                "conv_transpose3d",
                transposed(stride, padding, outputPadding, dilation, groups),
                () -> torch.conv_transpose3d(
                        raw(), weight.raw(), Op.optional(bias), stride, padding, outputPadding, groups, dilation),
                self(),
                weight,
                bias);
    }
}
