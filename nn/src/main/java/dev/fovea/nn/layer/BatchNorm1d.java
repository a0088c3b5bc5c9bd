package dev.fovea.nn.layer;

import dev.fovea.tensor.Tensor;

/** {@link BatchNorm} of vectors {@code [N, C]} or sequences {@code [N, C, L]}. */
public final class BatchNorm1d extends BatchNorm {
    private BatchNorm1d(Spec<BatchNorm1d> spec) {
        super(spec);
    }

    public static Spec<BatchNorm1d> of(int channels) {
        return new Spec<>(channels, BatchNorm1d::new);
    }

    @Override
    void check(Tensor x) {
        if ((x.rank() != 2 && x.rank() != 3) || x.dim(1) != spec().channels()) {
            throw wrongInput(
                    x,
                    "[N, " + spec().channels() + "] or [N, " + spec().channels() + ", L]",
                    "use BatchNorm2d for maps [N, C, H, W]");
        }
    }
}
