package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** 1 / (1 + e^-x). */
public final class Sigmoid extends Layer {
    private Sigmoid() {}

    public static LayerSpec<Sigmoid> of() {
        return Sigmoid::new;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.sigmoid();
    }
}
