package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** Zeroes values at random in training and scales the others up by 1 / (1 - p) (Srivastava et al. 2014). */
public final class Dropout extends Layer {
    private final double probability;

    private Dropout(double probability) {
        this.probability = probability;
    }

    /** With the given probability (0 to 1) of a value being zeroed. */
    public static LayerSpec<Dropout> of(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("the dropout probability must be 0 to 1, got " + probability);
        }
        return () -> new Dropout(probability);
    }

    public double probability() {
        return probability;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.dropout(probability, isTraining());
    }
}
