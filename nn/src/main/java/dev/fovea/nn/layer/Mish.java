package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** x tanh(softplus(x)) (Misra 2019). */
public final class Mish extends Layer {
    private Mish() {}

    public static LayerSpec<Mish> of() {
        return Mish::new;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.mish();
    }
}
