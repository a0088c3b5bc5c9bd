package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** x Phi(x), Phi the normal distribution's sum (Hendrycks and Gimpel 2016). */
public final class GELU extends Layer {
    private final boolean tanh;

    private GELU(boolean tanh) {
        this.tanh = tanh;
    }

    /** With the exact error function. */
    public static LayerSpec<GELU> of() {
        return () -> new GELU(false);
    }

    /** With the approximation by tanh. */
    public static LayerSpec<GELU> approximate() {
        return () -> new GELU(true);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return tanh ? x.geluTanh() : x.gelu();
    }
}
