package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** Local response normalisation across channels (Krizhevsky et al. 2012): {@code x / (k + alpha / size * sum x^2)^beta}. */
public final class LocalResponseNorm extends Layer {
    private final Spec spec;

    private LocalResponseNorm(Spec spec) {
        this.spec = spec;
    }

    /** Over so many neighbouring channels; alpha 1e-4, beta 0.75, k 1. */
    public static Spec of(int size) {
        return new Spec(size, 1e-4, 0.75, 1);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.localResponseNorm(spec.size, spec.alpha, spec.beta, spec.k);
    }

    /** All options; immutable. */
    public record Spec(int size, double alpha, double beta, double k) implements LayerSpec<LocalResponseNorm> {
        public Spec {
            if (size < 1) {
                throw new IllegalArgumentException(
                        "local response normalisation needs at least 1 channel, got size=" + size);
            }
        }

        /** Other constants; the paper has 1e-4, 0.75 and 2. */
        public Spec constants(double newAlpha, double newBeta, double newK) {
            return new Spec(size, newAlpha, newBeta, newK);
        }

        @Override
        public LocalResponseNorm build() {
            return new LocalResponseNorm(this);
        }
    }
}
