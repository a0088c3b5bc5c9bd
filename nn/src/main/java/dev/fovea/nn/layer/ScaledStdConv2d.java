package dev.fovea.nn.layer;

import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/**
 * Convolution of maps {@code [N, in, H, W]} whose weights are standardised for each output channel, {@code (w - mean) / sqrt(var + eps) *
 * gain * gamma / sqrt(fan in)}, so that networks do without normalisation of activations (Brock et al. 2021, arXiv 2101.08692).
 *
 * <p>Parameters {@code weight [out, in / groups, kh, kw]}, {@code bias [out]} and {@code gain [out, 1, 1, 1]}.
 */
public final class ScaledStdConv2d extends Layer {
    private final Spec spec;
    private final Parameter weight;
    private final Parameter bias;
    private final Parameter gain;
    private final double scale;

    private ScaledStdConv2d(Spec spec) {
        this.spec = spec;
        var conv = spec.convolution;
        var window = conv.window();
        int width = conv.in() / conv.groups();
        int fanIn = width * window.kernelHeight() * window.kernelWidth();
        weight = parameter(
                "weight", DefaultInit.uniform(fanIn, conv.out(), width, window.kernelHeight(), window.kernelWidth()));
        bias = conv.bias() ? parameter("bias", DefaultInit.uniform(fanIn, conv.out())) : null;
        gain = parameter("gain", Tensor.ones(conv.out(), 1, 1, 1));
        Init.constant(gain, spec.gain);
        scale = spec.gamma / Math.sqrt((double) fanIn);
    }

    /** A convolution of this form (padded with zeros, by a width or to the same size) with standardised weights. */
    public static Spec of(Conv2d.Spec convolution) {
        return new Spec(convolution, 1, 1e-5, 1);
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

    /** The learned factor of each output channel. */
    public Parameter gain() {
        return gain;
    }

    @Override
    protected Tensor forward(Tensor x) {
        var conv = spec.convolution;
        if (x.rank() != 4 || x.dim(1) != conv.in()) {
            throw wrongInput(
                    x, "[N, " + conv.in() + ", H, W]", "build the layer for the number of channels that reach it");
        }
        var shift = bias == null ? null : bias.value();
        var window = conv.window();
        return conv.rim() == Conv2d.Rim.SAME
                ? SamePadding.conv2d(x, standardised(), shift, window, conv.groups())
                : x.conv2d(
                        standardised(), shift, window.strides(), window.paddings(), window.dilations(), conv.groups());
    }

    /** Each output channel's weights taken for one channel of a batch of one, which is what batch normalisation is fast at. */
    private Tensor standardised() {
        var own = weight.value();
        return own.reshape(1, own.dim(0), -1)
                .batchNorm(gain.value().flatten(0, -1).mul(scale), null, null, null, true, 0, spec.eps)
                .reshape(own.shape().toArray());
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /**
     * All options; immutable.
     *
     * @param gamma a factor that makes up for the activation before it
     * @param gain what the learned factors start from
     */
    public record Spec(Conv2d.Spec convolution, double gamma, double eps, double gain)
            implements LayerSpec<ScaledStdConv2d> {
        public Spec {
            if (convolution.rim() != Conv2d.Rim.ZEROS && convolution.rim() != Conv2d.Rim.SAME) {
                throw new IllegalArgumentException(
                        "standardised convolutions are padded with zeros, got " + convolution.rim());
            }
            if (!(eps >= 0)) {
                throw new IllegalArgumentException("eps must be 0 or more, got " + eps);
            }
        }

        public Spec gamma(double newGamma) {
            return new Spec(convolution, newGamma, eps, gain);
        }

        public Spec eps(double newEps) {
            return new Spec(convolution, gamma, newEps, gain);
        }

        public Spec gain(double newGain) {
            return new Spec(convolution, gamma, eps, newGain);
        }

        @Override
        public ScaledStdConv2d build() {
            return new ScaledStdConv2d(this);
        }
    }
}
