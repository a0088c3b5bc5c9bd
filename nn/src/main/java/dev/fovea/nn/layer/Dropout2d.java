package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** {@link Dropout} of whole maps of {@code [N, C, H, W]} (Tompson et al. 2015). */
public final class Dropout2d extends Layer {
    private final double probability;

    private Dropout2d(double probability) {
        this.probability = probability;
    }

    /** With the given probability (0 to 1) of a value being zeroed. */
    public static LayerSpec<Dropout2d> of(double probability) {
        if (!(probability >= 0 && probability <= 1)) {
            throw new IllegalArgumentException("the dropout probability must be 0 to 1, got " + probability);
        }
        return () -> new Dropout2d(probability);
    }

    public double probability() {
        return probability;
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.dropout2d(probability, isTraining());
    }
}
