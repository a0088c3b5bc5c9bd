package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;

/** x relu6(x + 3) / 6 (Howard et al. 2019). */
public final class Hardswish extends Layer {
    private Hardswish() {}

    public static LayerSpec<Hardswish> of() {
        return Hardswish::new;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.hardswish();
    }

    @Override
    protected Tensor forwardInPlace(Tensor x) {
        // The gradient needs the input, of which autograd would make a copy first.
        return Grad.isEnabled() ? forward(x) : x.hardswishInPlace();
    }
}
