package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** The p-norm of each window of {@code [N, C, H, W]}: {@code (sum x^p)^(1/p)}; sums at p = 1, towards the largest for large p. */
public final class LpPool2d extends Layer {
    private final Spec spec;

    private LpPool2d(Spec spec) {
        this.spec = spec;
    }

    /** Square windows, as far apart as they are wide. */
    public static Spec of(double p, int kernel) {
        return new Spec(p, kernel, kernel, false);
    }

    @Override
    protected Tensor forward(Tensor x) {
        var mean = x.pow(spec.p)
                .avgPool2d(
                        new long[] {spec.kernel, spec.kernel},
                        new long[] {spec.stride, spec.stride},
                        new long[] {0, 0},
                        spec.ceil,
                        true);
        return mean.relu().mul((double) spec.kernel * spec.kernel).pow(1 / spec.p);
    }

    /**
     * All options; immutable.
     *
     * @param p above 0
     * @param ceil whether a last window that reaches over the rim counts, as long as it starts inside
     */
    public record Spec(double p, int kernel, int stride, boolean ceil) implements LayerSpec<LpPool2d> {
        public Spec {
            PoolingWindow.check(kernel, stride, 0);
            if (!(p > 0)) {
                throw new IllegalArgumentException("the power of LpPool2d must be above 0, got " + p);
            }
        }

        public Spec stride(int newStride) {
            return new Spec(p, kernel, newStride, ceil);
        }

        public Spec ceilMode() {
            return new Spec(p, kernel, stride, true);
        }

        @Override
        public LpPool2d build() {
            return new LpPool2d(this);
        }
    }
}
