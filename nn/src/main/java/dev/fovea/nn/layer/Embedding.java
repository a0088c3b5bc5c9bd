package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/** A learned vector for each of a number of entries: indices (int64, {@code [...]}) to {@code [..., width]}. Parameter {@code weight [entries, width]}. */
public final class Embedding extends Layer {
    private final Parameter weight;

    private Embedding(int entries, int width) {
        weight = parameter("weight", Tensor.zeros(entries, width).normalInPlace(0, 1));
    }

    public static LayerSpec<Embedding> of(int entries, int width) {
        if (entries < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "an embedding needs at least 1 entry and 1 value, got entries=" + entries + ", width=" + width);
        }
        return () -> new Embedding(entries, width);
    }

    public Parameter weight() {
        return weight;
    }

    @Override
    protected Tensor forward(Tensor indices) {
        if (indices.dtype().isFloating()) {
            throw wrongInput(indices, "indices (int64) below " + weight.shape().dim(0), "convert with to(DType.INT64)");
        }
        return weight.value().embedding(indices);
    }
}
