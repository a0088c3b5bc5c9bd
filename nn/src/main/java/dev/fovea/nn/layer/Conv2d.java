package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/**
 * Convolution of maps {@code [N, in, H, W]} to {@code [N, out, H', W']}, {@code H' = (H + 2 padding - dilation (kernel - 1) - 1) / stride
 * + 1}. Parameters {@code weight [out, in / groups, kh, kw]} and {@code bias [out]}.
 */
public final class Conv2d extends Layer {
    private final Spec spec;
    private final Parameter weight;
    private final Parameter bias;

    private Conv2d(Spec spec) {
        this.spec = spec;
        int fanIn = spec.in / spec.groups * spec.kernelHeight * spec.kernelWidth;
        weight = parameter(
                "weight",
                DefaultInit.uniform(fanIn, spec.out, spec.in / spec.groups, spec.kernelHeight, spec.kernelWidth));
        bias = spec.bias ? parameter("bias", DefaultInit.uniform(fanIn, spec.out)) : null;
    }

    /** A convolution with a square kernel. */
    public static Spec of(int in, int out, int kernel) {
        return of(in, out, kernel, kernel);
    }

    /** A convolution with a kernel of any form. */
    public static Spec of(int in, int out, int kernelHeight, int kernelWidth) {
        return new Spec(in, out, kernelHeight, kernelWidth, 1, 1, 0, 0, 1, 1, true);
    }

    public Spec spec() {
        return spec;
    }

    public Parameter weight() {
        return weight;
    }

    /** The bias, or null if there is none. */
    public Parameter bias() {
        return bias;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 4 || x.dim(1) != spec.in) {
            throw wrongInput(
                    x,
                    "[N, " + spec.in + ", H, W]",
                    spec.in == 3 && x.rank() == 4 && x.dim(1) == 1
                            ? "convert grey pictures to RGB, or build the network for 1 channel"
                            : "build the layer for the number of channels that reach it");
        }
        return x.conv2d(
                weight.value(),
                bias == null ? null : bias.value(),
                new long[] {spec.strideHeight, spec.strideWidth},
                new long[] {spec.paddingHeight, spec.paddingWidth},
                new long[] {spec.dilation, spec.dilation},
                spec.groups);
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /** All options; immutable. */
    public record Spec(
            int in,
            int out,
            int kernelHeight,
            int kernelWidth,
            int strideHeight,
            int strideWidth,
            int paddingHeight,
            int paddingWidth,
            int dilation,
            int groups,
            boolean bias)
            implements LayerSpec<Conv2d> {
        public Spec {
            if (in < 1
                    || out < 1
                    || kernelHeight < 1
                    || kernelWidth < 1
                    || strideHeight < 1
                    || strideWidth < 1
                    || dilation < 1) {
                throw new IllegalArgumentException(
                        "channels, kernel, stride and dilation must be at least 1; got in=" + in + ", out="
                                + out + ", kernel=" + kernelHeight + "x" + kernelWidth + ", stride=" + strideHeight
                                + "x" + strideWidth
                                + ", dilation=" + dilation);
            }
            if (paddingHeight < 0 || paddingWidth < 0) {
                throw new IllegalArgumentException(
                        "padding must be 0 or more, got " + paddingHeight + "x" + paddingWidth);
            }
            if (groups < 1 || in % groups != 0 || out % groups != 0) {
                throw new IllegalArgumentException("groups must divide both channel counts; got in=" + in + ", out="
                        + out + ", groups=" + groups + "; use a common divisor of " + in + " and " + out);
            }
        }

        public Spec stride(int stride) {
            return stride(stride, stride);
        }

        public Spec stride(int height, int width) {
            return new Spec(
                    in,
                    out,
                    kernelHeight,
                    kernelWidth,
                    height,
                    width,
                    paddingHeight,
                    paddingWidth,
                    dilation,
                    groups,
                    bias);
        }

        public Spec padding(int padding) {
            return padding(padding, padding);
        }

        public Spec padding(int height, int width) {
            return new Spec(
                    in,
                    out,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    height,
                    width,
                    dilation,
                    groups,
                    bias);
        }

        public Spec dilation(int newDilation) {
            return new Spec(
                    in,
                    out,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    paddingHeight,
                    paddingWidth,
                    newDilation,
                    groups,
                    bias);
        }

        public Spec groups(int newGroups) {
            return new Spec(
                    in,
                    out,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    paddingHeight,
                    paddingWidth,
                    dilation,
                    newGroups,
                    bias);
        }

        public Spec noBias() {
            return new Spec(
                    in,
                    out,
                    kernelHeight,
                    kernelWidth,
                    strideHeight,
                    strideWidth,
                    paddingHeight,
                    paddingWidth,
                    dilation,
                    groups,
                    false);
        }

        @Override
        public Conv2d build() {
            return new Conv2d(this);
        }
    }
}
