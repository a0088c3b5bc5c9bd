package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** The mean of each window of {@code [N, C, H, W]}; windows follow each other without overlap unless a stride is given. */
public final class AvgPool2d extends Layer {
    private final Spec spec;

    private AvgPool2d(Spec spec) {
        this.spec = spec;
    }

    /** Square windows, as far apart as they are wide. */
    public static Spec of(int kernel) {
        return new Spec(kernel, kernel, 0, false, true);
    }

    public Spec spec() {
        return spec;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.avgPool2d(
                new long[] {spec.kernel, spec.kernel},
                new long[] {spec.stride, spec.stride},
                new long[] {spec.padding, spec.padding},
                spec.ceil,
                spec.countPadding);
    }

    /**
     * All options; immutable.
     *
     * @param countPadding whether the zeros of the rim count in the mean
     */
    public record Spec(int kernel, int stride, int padding, boolean ceil, boolean countPadding)
            implements LayerSpec<AvgPool2d> {
        public Spec {
            PoolingWindow.check(kernel, stride, padding);
        }

        public Spec stride(int newStride) {
            return new Spec(kernel, newStride, padding, ceil, countPadding);
        }

        public Spec padding(int newPadding) {
            return new Spec(kernel, stride, newPadding, ceil, countPadding);
        }

        public Spec ceilMode() {
            return new Spec(kernel, stride, padding, true, countPadding);
        }

        /** Divides by the number of values inside the map, not by the window's size. */
        public Spec ignorePadding() {
            return new Spec(kernel, stride, padding, ceil, false);
        }

        @Override
        public AvgPool2d build() {
            return new AvgPool2d(this);
        }
    }
}
