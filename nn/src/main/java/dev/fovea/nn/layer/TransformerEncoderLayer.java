package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.tensor.Tensor;

/**
 * One layer of a transformer's encoder (Vaswani et al. 2017): attention to itself, then two fully connected layers, each with a
 * residual sum and layer normalisation. Sequences are {@code [L, N, width]}, or {@code [N, L, width]} with
 * {@link TransformerSpec#inBatches}.
 */
public final class TransformerEncoderLayer extends Layer {
    private final TransformerSpec<TransformerEncoderLayer> spec;
    private final MultiheadAttention attention;
    private final Linear linear1;
    private final Linear linear2;
    private final LayerNorm norm1;
    private final LayerNorm norm2;
    private final Dropout dropout;

    private TransformerEncoderLayer(TransformerSpec<TransformerEncoderLayer> spec) {
        this.spec = spec;
        attention = child("self_attn", spec.attention());
        linear1 = child("linear1", Linear.of(spec.width(), spec.hidden()));
        linear2 = child("linear2", Linear.of(spec.hidden(), spec.width()));
        norm1 = child("norm1", LayerNorm.of(spec.width()).eps(spec.eps()));
        norm2 = child("norm2", LayerNorm.of(spec.width()).eps(spec.eps()));
        dropout = child("dropout", Dropout.of(spec.dropout()));
    }

    /** Vectors of {@code width}, {@code hidden} values between the fully connected layers; ReLU, normalisation after, dropout 0.1. */
    public static TransformerSpec<TransformerEncoderLayer> of(int width, int heads, int hidden) {
        return new TransformerSpec<>(width, heads, hidden, TransformerEncoderLayer::new);
    }

    /** As {@link #call(Tensor)}, where not everything may be looked at. */
    public Tensor call(Tensor x, AttentionMask mask) {
        return run(() -> compute(x, null, mask));
    }

    /** As {@link #call(Tensor, AttentionMask)}, with positions that are added to queries and keys alone, as DETR has them. */
    public Tensor call(Tensor x, Tensor positions, AttentionMask mask) {
        return run(() -> compute(x, positions, mask));
    }

    @Override
    protected Tensor forward(Tensor x) {
        return compute(x, null, AttentionMask.NONE);
    }

    private Tensor compute(Tensor x, Tensor positions, AttentionMask mask) {
        if (spec.normFirst()) {
            var y = x.add(attend(norm1.call(x), positions, mask));
            return y.add(feedForward(norm2.call(y)));
        }
        var y = norm1.call(x.add(attend(x, positions, mask)));
        return norm2.call(y.add(feedForward(y)));
    }

    private Tensor attend(Tensor x, Tensor positions, AttentionMask mask) {
        var placed = positions == null ? x : x.add(positions);
        return dropout.call(attention.call(placed, placed, x, mask));
    }

    private Tensor feedForward(Tensor x) {
        return dropout.call(linear2.call(dropout.call(spec.activate(linear1.call(x)))));
    }
}
