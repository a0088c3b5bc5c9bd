package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/**
 * Group normalisation (Wu and He 2018) of {@code [N, C, ...]}: statistics of each sample over groups of channels. Parameters
 * {@code weight [C]} (1 at first) and {@code bias [C]} (0).
 */
public final class GroupNorm extends Layer {
    private final Spec spec;
    private final Parameter weight;
    private final Parameter bias;

    private GroupNorm(Spec spec) {
        this.spec = spec;
        weight = spec.affine ? parameter("weight", Tensor.ones(spec.channels)) : null;
        bias = spec.affine ? parameter("bias", Tensor.zeros(spec.channels)) : null;
    }

    public static Spec of(int groups, int channels) {
        return new Spec(groups, channels, 1e-5, true);
    }

    public Spec spec() {
        return spec;
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() < 2 || x.dim(1) != spec.channels) {
            throw wrongInput(
                    x, "[N, " + spec.channels + ", ...]", "build the layer for the number of channels that reach it");
        }
        return x.groupNorm(
                spec.groups, weight == null ? null : weight.value(), bias == null ? null : bias.value(), spec.eps);
    }

    @Override
    protected boolean outputMayBeOverwritten() {
        return true;
    }

    /** All options; immutable. */
    public record Spec(int groups, int channels, double eps, boolean affine) implements LayerSpec<GroupNorm> {
        public Spec {
            if (groups < 1 || channels < 1 || channels % groups != 0) {
                throw new IllegalArgumentException(
                        "groups must divide the channels; got groups=" + groups + ", channels=" + channels);
            }
        }

        public Spec eps(double newEps) {
            return new Spec(groups, channels, newEps, affine);
        }

        /** Without learned scale and shift. */
        public Spec noAffine() {
            return new Spec(groups, channels, eps, false);
        }

        @Override
        public GroupNorm build() {
            return new GroupNorm(this);
        }
    }
}
