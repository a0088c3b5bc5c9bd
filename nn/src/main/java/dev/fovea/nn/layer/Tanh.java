package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** The hyperbolic tangent. */
public final class Tanh extends Layer {
    private Tanh() {}

    public static LayerSpec<Tanh> of() {
        return Tanh::new;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.tanh();
    }
}
