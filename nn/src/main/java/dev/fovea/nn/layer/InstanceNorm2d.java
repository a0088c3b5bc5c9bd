package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/**
 * Instance normalisation (Ulyanov et al. 2016) of {@code [N, C, H, W]} by the statistics of each map. Without parameters unless
 * {@link Spec#affine} is chosen: {@code weight [C]} (1 at first), {@code bias [C]} (0).
 */
public final class InstanceNorm2d extends Layer {
    private final Spec spec;
    private final Parameter weight;
    private final Parameter bias;

    private InstanceNorm2d(Spec spec) {
        this.spec = spec;
        weight = spec.learned ? parameter("weight", Tensor.ones(spec.channels)) : null;
        bias = spec.learned ? parameter("bias", Tensor.zeros(spec.channels)) : null;
    }

    public static Spec of(int channels) {
        return new Spec(channels, 1e-5, false);
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
        return x.instanceNorm(weight == null ? null : weight.value(), bias == null ? null : bias.value(), spec.eps);
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /** All options; immutable. */
    public record Spec(int channels, double eps, boolean learned) implements LayerSpec<InstanceNorm2d> {
        public Spec {
            if (channels < 1) {
                throw new IllegalArgumentException("instance normalisation needs at least 1 channel, got " + channels);
            }
        }

        public Spec eps(double newEps) {
            return new Spec(channels, newEps, learned);
        }

        /** With learned scale and shift. */
        public Spec affine() {
            return new Spec(channels, eps, true);
        }

        @Override
        public InstanceNorm2d build() {
            return new InstanceNorm2d(this);
        }
    }
}
