package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/**
 * Layer normalisation (Ba et al. 2016) of maps {@code [N, C, H, W]} over the channels of each place: {@code (x - mean) / sqrt(var + eps) *
 * weight + bias}. Parameters {@code weight [C]} (1 at first) and {@code bias [C]} (0).
 *
 * <p>The result lies in memory as channels-last; maps that already do are normalised without being copied into another order.
 */
public final class LayerNorm2d extends Layer {
    private final Spec spec;
    private final Parameter weight;
    private final Parameter bias;

    private LayerNorm2d(Spec spec) {
        this.spec = spec;
        weight = parameter("weight", Tensor.ones(spec.channels));
        bias = parameter("bias", Tensor.zeros(spec.channels));
    }

    public static Spec of(int channels) {
        return new Spec(channels, 1e-5);
    }

    public Spec spec() {
        return spec;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != 4 || x.dim(1) != spec.channels) {
            throw wrongInput(
                    x, "[N, " + spec.channels + ", H, W]", "build the layer for the number of channels that reach it");
        }
        return x.permute(0, 2, 3, 1)
                .layerNorm(new long[] {spec.channels}, weight.value(), bias.value(), spec.eps)
                .permute(0, 3, 1, 2);
    }

    /** All options; immutable. */
    public record Spec(int channels, double eps) implements LayerSpec<LayerNorm2d> {
        public Spec {
            if (channels < 1) {
                throw new IllegalArgumentException("layer normalisation needs at least 1 channel, got " + channels);
            }
            if (!(eps >= 0)) {
                throw new IllegalArgumentException("eps must be 0 or more, got " + eps);
            }
        }

        public Spec eps(double newEps) {
            return new Spec(channels, newEps);
        }

        @Override
        public LayerNorm2d build() {
            return new LayerNorm2d(this);
        }
    }
}
