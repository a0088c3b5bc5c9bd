package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** Probabilities along a dimension: e^x over the sum of e^x. */
public final class Softmax extends Layer {
    private final int dim;

    private Softmax(int dim) {
        this.dim = dim;
    }

    /** Along a dimension; negative ones count from the end. */
    public static LayerSpec<Softmax> of(int dim) {
        return () -> new Softmax(dim);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.softmax(dim);
    }
}
