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
    private final long[] stride;
    private final long[] padding;
    private final long[] dilation;

    private Conv2d(Spec spec) {
        this.spec = spec;
        var window = spec.window;
        int width = spec.in / spec.groups;
        int fanIn = width * window.kernelHeight() * window.kernelWidth();
        weight = parameter(
                "weight", DefaultInit.uniform(fanIn, spec.out, width, window.kernelHeight(), window.kernelWidth()));
        bias = spec.bias ? parameter("bias", DefaultInit.uniform(fanIn, spec.out)) : null;
        stride = window.strides();
        padding = spec.rim == Rim.ZEROS ? window.paddings() : new long[] {0, 0};
        dilation = window.dilations();
    }

    /** What a map is continued with beyond its rim. */
    public enum Rim {
        ZEROS,
        /** Zeros by {@link SamePadding}: the output has the input's size over the stride, rounded up. */
        SAME,
        REFLECT,
        REPLICATE,
        CIRCULAR
    }

    /** A convolution with a square kernel. */
    public static Spec of(int in, int out, int kernel) {
        return of(in, out, kernel, kernel);
    }

    /** A convolution with a kernel of any form. */
    public static Spec of(int in, int out, int kernelHeight, int kernelWidth) {
        return new Spec(in, out, ConvWindow.of(kernelHeight, kernelWidth), 1, Rim.ZEROS, true);
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
        var shift = bias == null ? null : bias.value();
        return spec.rim == Rim.SAME
                ? SamePadding.conv2d(x, weight.value(), shift, spec.window, spec.groups)
                : withRim(x).conv2d(weight.value(), shift, stride, padding, dilation, spec.groups);
    }

    private Tensor withRim(Tensor x) {
        var w = spec.window;
        return spec.rim == Rim.ZEROS
                ? x
                : x.pad(
                        Tensor.PadMode.valueOf(spec.rim.name()),
                        0,
                        w.paddingWidth(),
                        w.paddingWidth(),
                        w.paddingHeight(),
                        w.paddingHeight());
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /** All options; immutable. */
    public record Spec(int in, int out, ConvWindow window, int groups, Rim rim, boolean bias)
            implements LayerSpec<Conv2d> {
        public Spec {
            ConvWindow.checkChannels(in, out, groups);
        }

        public Spec stride(int stride) {
            return stride(stride, stride);
        }

        public Spec stride(int height, int width) {
            return new Spec(in, out, window.stride(height, width), groups, rim, bias);
        }

        public Spec padding(int padding) {
            return padding(padding, padding);
        }

        public Spec padding(int height, int width) {
            return new Spec(in, out, window.padding(height, width), groups, rim, bias);
        }

        /** Pads with zeros so that the output has the input's size over the stride, rounded up: {@link SamePadding}. */
        public Spec same() {
            return rim(Rim.SAME);
        }

        /** What the padding consists of. */
        public Spec rim(Rim newRim) {
            return new Spec(in, out, window, groups, newRim, bias);
        }

        public Spec dilation(int dilation) {
            return new Spec(in, out, window.dilation(dilation), groups, rim, bias);
        }

        public Spec groups(int newGroups) {
            return new Spec(in, out, window, newGroups, rim, bias);
        }

        public Spec noBias() {
            return new Spec(in, out, window, groups, rim, false);
        }

        @Override
        public Conv2d build() {
            return new Conv2d(this);
        }
    }
}
