package dev.fovea.nn.layer;

import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Tensor;
import java.util.function.Function;

/**
 * How a layer of a transformer is made; immutable.
 *
 * @param hidden the width between the two fully connected layers
 * @param normFirst whether normalisation comes before attention and fully connected layers (Xiong et al. 2020) or after the sums
 * @param gelu whether GELU takes ReLU's place
 */
public record TransformerSpec<M extends Module>(
        int width,
        int heads,
        int hidden,
        double dropout,
        double eps,
        boolean normFirst,
        boolean gelu,
        boolean batchFirst,
        Function<TransformerSpec<M>, M> constructor)
        implements LayerSpec<M> {
    public TransformerSpec {
        if (hidden < 1) {
            throw new IllegalArgumentException("the hidden width must be at least 1, got " + hidden);
        }
    }

    TransformerSpec(int width, int heads, int hidden, Function<TransformerSpec<M>, M> constructor) {
        this(width, heads, hidden, 0.1, 1e-5, false, false, false, constructor);
    }

    public TransformerSpec<M> dropout(double probability) {
        return new TransformerSpec<>(width, heads, hidden, probability, eps, normFirst, gelu, batchFirst, constructor);
    }

    /** The small number in layer normalisation. */
    public TransformerSpec<M> eps(double newEps) {
        return new TransformerSpec<>(width, heads, hidden, dropout, newEps, normFirst, gelu, batchFirst, constructor);
    }

    /** Normalises before attention and fully connected layers. */
    public TransformerSpec<M> normalisedFirst() {
        return new TransformerSpec<>(width, heads, hidden, dropout, eps, true, gelu, batchFirst, constructor);
    }

    /** GELU in ReLU's place. */
    public TransformerSpec<M> withGelu() {
        return new TransformerSpec<>(width, heads, hidden, dropout, eps, normFirst, true, batchFirst, constructor);
    }

    /** Sequences are {@code [N, L, width]}. */
    public TransformerSpec<M> inBatches() {
        return new TransformerSpec<>(width, heads, hidden, dropout, eps, normFirst, gelu, true, constructor);
    }

    MultiheadAttention.Spec attention() {
        var attention = MultiheadAttention.of(width, heads).dropout(dropout);
        return batchFirst ? attention.inBatches() : attention;
    }

    Tensor activate(Tensor x) {
        return gelu ? x.gelu() : x.relu();
    }

    @Override
    public M build() {
        return constructor.apply(this);
    }
}
