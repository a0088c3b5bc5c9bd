package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** The largest value of each window of {@code [N, C, H, W]}; windows follow each other without overlap unless a stride is given. */
public final class MaxPool2d extends Layer {
    private final Spec spec;

    private MaxPool2d(Spec spec) {
        this.spec = spec;
    }

    /** Square windows, as far apart as they are wide. */
    public static Spec of(int kernel) {
        return new Spec(kernel, kernel, 0, 1, false);
    }

    public Spec spec() {
        return spec;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.maxPool2d(
                new long[] {spec.kernel, spec.kernel},
                new long[] {spec.stride, spec.stride},
                new long[] {spec.padding, spec.padding},
                new long[] {spec.dilation, spec.dilation},
                spec.ceil);
    }

    /**
     * All options; immutable.
     *
     * @param ceil whether a last window that reaches over the rim counts, as long as it starts inside
     */
    public record Spec(int kernel, int stride, int padding, int dilation, boolean ceil)
            implements LayerSpec<MaxPool2d> {
        public Spec {
            PoolingWindow.check(kernel, stride, padding);
            if (dilation < 1) {
                throw new IllegalArgumentException(
                        "the dilation of a pooling window must be at least 1, got " + dilation);
            }
        }

        public Spec stride(int newStride) {
            return new Spec(kernel, newStride, padding, dilation, ceil);
        }

        /** The rim counts as minus infinity. */
        public Spec padding(int newPadding) {
            return new Spec(kernel, stride, newPadding, dilation, ceil);
        }

        public Spec dilation(int newDilation) {
            return new Spec(kernel, stride, padding, newDilation, ceil);
        }

        public Spec ceilMode() {
            return new Spec(kernel, stride, padding, dilation, true);
        }

        @Override
        public MaxPool2d build() {
            return new MaxPool2d(this);
        }
    }
}
