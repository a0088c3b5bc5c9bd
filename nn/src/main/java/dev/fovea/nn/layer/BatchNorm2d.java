package dev.fovea.nn.layer;

import dev.fovea.tensor.Tensor;

/** {@link BatchNorm} of maps {@code [N, C, H, W]}: statistics over N, H and W. */
public final class BatchNorm2d extends BatchNorm {
    private BatchNorm2d(Spec<BatchNorm2d> spec) {
        super(spec);
    }

    public static Spec<BatchNorm2d> of(int channels) {
        return new Spec<>(channels, BatchNorm2d::new);
    }

    @Override
    void check(Tensor x) {
        checkMaps(x);
    }
}
