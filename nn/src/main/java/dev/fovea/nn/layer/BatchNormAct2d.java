package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/**
 * {@link BatchNorm} of maps {@code [N, C, H, W]} and the activation after it as one layer, as timm's networks have it: the normalisation's
 * parameters are its own, the activation is its child {@code act}, and {@code drop} stands where some networks drop parts of maps.
 */
public final class BatchNormAct2d extends BatchNorm {
    private final Identity drop;
    private final Layer act;

    private BatchNormAct2d(Spec<BatchNormAct2d> spec, LayerSpec<? extends Layer> activation) {
        super(spec);
        drop = child("drop", Identity.of());
        act = child("act", activation.build());
    }

    /** Normalisation of this many channels and an activation, {@link Identity} for none. */
    public static Spec<BatchNormAct2d> of(int channels, LayerSpec<? extends Layer> activation) {
        return new Spec<>(channels, spec -> new BatchNormAct2d(spec, activation));
    }

    @Override
    void check(Tensor x) {
        checkMaps(x);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return chainOver(super.forward(x), drop, act);
    }

    /** That is up to the activation, which comes last. */
    @Override
    protected boolean outputMayBeOverwritten() {
        return act instanceof Identity;
    }
}
