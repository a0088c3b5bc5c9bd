package dev.fovea.models.classify;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.GELU;
import dev.fovea.nn.layer.Identity;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.ScaledStdConv2d;
import dev.fovea.nn.layer.SiLU;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * One residual block without normalisation: {@code x + alpha f(beta x)}, where beta takes back the growth of the variance that the
 * shortcuts bring (Brock et al. 2021). Activation comes before each convolution. Names as timm's {@code NormFreeBlock}.
 */
final class NfNetBlock extends Layer {
    /** What all blocks of a network share. */
    record Style(
            String activationName,
            String attention,
            double squeezeRatio,
            double attentionGain,
            double alpha,
            boolean extraConv,
            boolean gammaInActivation,
            boolean samePadding,
            boolean skipInit,
            double eps) {
        /** A convolution padded to keep its map's size (over its stride), with the factor for the activation before it. */
        ScaledStdConv2d.Spec convolution(int in, int out, int kernel, int stride, int groups) {
            var conv = Conv2d.of(in, out, kernel).stride(stride).groups(groups);
            return ScaledStdConv2d.of(samePadding ? conv.same() : conv.padding((kernel - 1) / 2))
                    .gamma(gammaInActivation ? 1 : gamma())
                    .eps(eps);
        }

        LayerSpec<Activation> activation() {
            return () -> new Activation(activationName, gammaInActivation ? gamma() : 1);
        }

        /** What brings the variance of an activation of normally distributed values back to 1, by sampling, from the authors' table. */
        private double gamma() {
            return switch (activationName) {
                case "gelu" -> 1.7015043497085571;
                case "silu" -> 1.7881293296813965;
                default -> 1.7139588594436646; // relu
            };
        }
    }

    /** An activation times a constant. */
    static final class Activation extends Layer {
        private final Layer function;
        private final boolean keepsOutput;
        private final double gamma;

        private Activation(String name, double gamma) {
            function = switch (name) {
                case "gelu" -> GELU.of().build();
                case "silu" -> SiLU.of().build();
                default -> ReLU.of().build();
            };
            keepsOutput = name.equals("relu"); // its gradient is computed from it
            this.gamma = gamma;
        }

        @Override
        protected Tensor forward(Tensor x) {
            return times(function.call(x), gamma);
        }

        /** {@code y}, which this activation gave, times a number; over its memory where nobody needs it. */
        private Tensor times(Tensor y, double factor) {
            if (factor == 1) {
                return y;
            }
            boolean needed = isObserved() || (keepsOutput && Grad.isEnabled());
            if (needed) {
                return y.mul(factor);
            }
            try (y) {
                return y.mulInPlace(factor);
            }
        }
    }

    /** The means of 2x2 places, then a convolution of 1x1. */
    private static final class Downsample extends Layer {
        private final Layer pool;
        private final ScaledStdConv2d conv;

        Downsample(Style style, int in, int out, int stride) {
            pool = child(
                    "pool",
                    stride > 1
                            ? AvgPool2d.of(2)
                                    .stride(stride)
                                    .ceilMode()
                                    .ignorePadding()
                                    .build()
                            : Identity.of().build());
            conv = child("conv", style.convolution(in, out, 1, 1, 1));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, pool, conv);
        }
    }

    /** Weighs channels by a perceptron over their means (Hu et al. 2017); names as timm's {@code SEModule}. */
    private static final class SqueezeExcite extends Layer {
        private final List<Layer> path = new ArrayList<>();

        SqueezeExcite(int channels, double ratio) {
            int squeezed = Math.max(8, (int) (channels * ratio + 4) / 8 * 8);
            path.add(child("fc1", Conv2d.of(channels, squeezed, 1)));
            path.add(child("bn", Identity.of()));
            path.add(child("act", ReLU.of()));
            path.add(child("fc2", Conv2d.of(squeezed, channels, 1)));
            path.add(child("gate", Sigmoid.of()));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return x.mul(chain(x.mean(true, 2, 3), path));
        }
    }

    /** Weighs channels by a convolution along their means: "ECA-Net", Wang et al. 2019, arXiv 1910.03151. */
    private static final class EfficientChannelAttention extends Layer {
        /** A convolution of one channel along a line, without bias. */
        private static final class LineConv extends Layer {
            private final Parameter weight;
            private final long reach;

            LineConv(int kernel) {
                reach = kernel / 2;
                double bound = 1 / Math.sqrt((double) kernel);
                weight = parameter("weight", Tensor.uniform(-bound, bound, DType.FLOAT32, Device.CPU, 1, 1, kernel));
            }

            @Override
            protected Tensor forward(Tensor x) {
                return x.conv1d(weight.value(), null, new long[] {1}, new long[] {reach}, new long[] {1}, 1);
            }
        }

        private final LineConv conv;

        EfficientChannelAttention(int channels) {
            int kernel = (int) (Math.abs(Math.log(channels) / Math.log(2) + 1) / 2);
            conv = child("conv", new LineConv(Math.max(kernel % 2 == 1 ? kernel : kernel + 1, 3)));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var means = x.mean(false, 2, 3).unsqueeze(1); // [N, 1, C]
            var weights = conv.call(means).sigmoid();
            return x.mul(weights.reshape(-1, x.dim(1), 1, 1));
        }
    }

    private final Style style;
    private final double beta;
    private final Downsample downsample;
    private final Activation act1;
    private final List<Layer> residual = new ArrayList<>();
    private final boolean weighed;
    private final StochasticDepth dropPath;
    private final Parameter skipInitGain;

    /**
     * One block.
     *
     * @param middle channels inside, in {@code groups} groups
     * @param beta factor on its input
     * @param drop probability of leaving it out in training
     */
    NfNetBlock(Style style, int in, int out, int middle, int groups, int stride, double beta, double drop) {
        this.style = style;
        this.beta = beta;
        downsample = in != out || stride != 1 ? child("downsample", new Downsample(style, in, out, stride)) : null;
        act1 = child("act1", style.activation());
        residual.add(child("conv1", style.convolution(in, middle, 1, 1, 1)));
        residual.add(child("act2", style.activation()));
        residual.add(child("conv2", style.convolution(middle, middle, 3, stride, groups)));
        if (style.extraConv) {
            residual.add(child("act2b", style.activation()));
            residual.add(child("conv2b", style.convolution(middle, middle, 3, 1, groups)));
        }
        residual.add(child("act3", style.activation()));
        residual.add(child("conv3", style.convolution(middle, out, 1, 1, 1).gain(style.skipInit ? 1 : 0)));
        weighed = !style.attention.equals("none");
        if (weighed) {
            residual.add(child(
                    "attn_last",
                    style.attention.equals("eca")
                            ? new EfficientChannelAttention(out)
                            : new SqueezeExcite(out, style.squeezeRatio)));
        }
        dropPath = child("drop_path", StochasticDepth.perSample(drop));
        skipInitGain = style.skipInit ? parameter("skipinit_gain", Tensor.zeros(DType.FLOAT32, Device.CPU)) : null;
    }

    @Override
    protected Tensor forward(Tensor x) {
        var active = act1.times(act1.call(x), beta);
        var shortcut = downsample == null ? x : downsample.call(active);
        var branch = dropPath.call(chain(active, residual));
        double factor = style.alpha * (weighed ? style.attentionGain : 1);
        var scaled = skipInitGain == null
                ? branch.mul(factor)
                : branch.mul(skipInitGain.value().mul(factor));
        return isObserved() ? scaled.add(shortcut) : scaled.addInPlace(shortcut);
    }
}
