package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/**
 * Transposed convolution (Zeiler et al. 2010), which enlarges maps: {@code [N, in, H, W]} to {@code [N, out, H', W']},
 * {@code H' = (H - 1) stride - 2 padding + dilation (kernel - 1) + outputPadding + 1}. Parameters
 * {@code weight [in, out / groups, kh, kw]} and {@code bias [out]}.
 */
public final class ConvTranspose2d extends Layer {
    private final Spec spec;
    private final Parameter weight;
    private final Parameter bias;

    private ConvTranspose2d(Spec spec) {
        this.spec = spec;
        int width = spec.out / spec.groups;
        int kh = spec.window.kernelHeight();
        int kw = spec.window.kernelWidth();
        int fan = width * kh * kw;
        weight = parameter("weight", DefaultInit.uniform(fan, spec.in, width, kh, kw));
        bias = spec.bias ? parameter("bias", DefaultInit.uniform(fan, spec.out)) : null;
    }

    /** A transposed convolution with a square kernel. */
    public static Spec of(int in, int out, int kernel) {
        return of(in, out, kernel, kernel);
    }

    /** A transposed convolution with a kernel of any form. */
    public static Spec of(int in, int out, int kernelHeight, int kernelWidth) {
        return new Spec(in, out, ConvWindow.of(kernelHeight, kernelWidth), 0, 1, true);
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
                    x, "[N, " + spec.in + ", H, W]", "build the layer for the number of channels that reach it");
        }
        return x.convTranspose2d(
                weight.value(),
                bias == null ? null : bias.value(),
                spec.window.strides(),
                spec.window.paddings(),
                new long[] {spec.outputPadding, spec.outputPadding},
                spec.window.dilations(),
                spec.groups);
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /**
     * All options; immutable.
     *
     * @param outputPadding rows and columns added at the bottom and the right, to choose among the sizes that a stride leaves open
     */
    public record Spec(int in, int out, ConvWindow window, int outputPadding, int groups, boolean bias)
            implements LayerSpec<ConvTranspose2d> {
        public Spec {
            ConvWindow.checkChannels(in, out, groups);
            if (outputPadding < 0) {
                throw new IllegalArgumentException("output padding must be 0 or more, got " + outputPadding);
            }
        }

        public Spec stride(int stride) {
            return new Spec(in, out, window.stride(stride, stride), outputPadding, groups, bias);
        }

        public Spec padding(int padding) {
            return new Spec(in, out, window.padding(padding, padding), outputPadding, groups, bias);
        }

        public Spec outputPadding(int newPadding) {
            return new Spec(in, out, window, newPadding, groups, bias);
        }

        public Spec dilation(int dilation) {
            return new Spec(in, out, window.dilation(dilation), outputPadding, groups, bias);
        }

        public Spec groups(int newGroups) {
            return new Spec(in, out, window, outputPadding, newGroups, bias);
        }

        public Spec noBias() {
            return new Spec(in, out, window, outputPadding, groups, false);
        }

        @Override
        public ConvTranspose2d build() {
            return new ConvTranspose2d(this);
        }
    }
}
