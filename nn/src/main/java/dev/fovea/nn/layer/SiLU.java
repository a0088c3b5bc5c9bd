package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;

/** x sigmoid(x) (Elfwing et al. 2017); also called swish. */
public final class SiLU extends Layer {
    private SiLU() {}

    public static LayerSpec<SiLU> of() {
        return SiLU::new;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.silu();
    }

    @Override
    protected Tensor forwardInPlace(Tensor x) {
        // The gradient needs the input, of which autograd would make a copy first.
        return Grad.isEnabled() ? forward(x) : x.siluInPlace();
    }
}
