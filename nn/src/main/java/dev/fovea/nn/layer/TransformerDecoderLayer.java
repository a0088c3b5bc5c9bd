package dev.fovea.nn.layer;

import dev.fovea.nn.Module;
import dev.fovea.tensor.Tensor;

/**
 * One layer of a transformer's decoder (Vaswani et al. 2017): attention to itself, attention to the encoder's output, two fully
 * connected layers, each with a residual sum and layer normalisation.
 */
public final class TransformerDecoderLayer extends Module {
    private final TransformerSpec<TransformerDecoderLayer> spec;
    private final MultiheadAttention selfAttention;
    private final MultiheadAttention crossAttention;
    private final Linear linear1;
    private final Linear linear2;
    private final LayerNorm norm1;
    private final LayerNorm norm2;
    private final LayerNorm norm3;
    private final Dropout dropout;

    private TransformerDecoderLayer(TransformerSpec<TransformerDecoderLayer> spec) {
        this.spec = spec;
        selfAttention = child("self_attn", spec.attention());
        crossAttention = child("multihead_attn", spec.attention());
        linear1 = child("linear1", Linear.of(spec.width(), spec.hidden()));
        linear2 = child("linear2", Linear.of(spec.hidden(), spec.width()));
        norm1 = child("norm1", LayerNorm.of(spec.width()).eps(spec.eps()));
        norm2 = child("norm2", LayerNorm.of(spec.width()).eps(spec.eps()));
        norm3 = child("norm3", LayerNorm.of(spec.width()).eps(spec.eps()));
        dropout = child("dropout", Dropout.of(spec.dropout()));
    }

    /** Vectors of {@code width}, {@code hidden} values between the fully connected layers; ReLU, normalisation after, dropout 0.1. */
    public static TransformerSpec<TransformerDecoderLayer> of(int width, int heads, int hidden) {
        return new TransformerSpec<>(width, heads, hidden, TransformerDecoderLayer::new);
    }

    /**
     * The target, changed by what it finds in the memory.
     *
     * @param target {@code [L, N, width]}, as the encoder's sequences
     * @param memory the encoder's output, {@code [S, N, width]}
     */
    public Tensor call(Tensor target, Tensor memory, AttentionMask targetMask, AttentionMask memoryMask) {
        return call(target, memory, null, null, targetMask, memoryMask);
    }

    /**
     * As {@link #call(Tensor, Tensor, AttentionMask, AttentionMask)}, with positions that are added to queries and keys alone, as DETR has
     * them.
     *
     * @param targetPositions of the shape of the target, or null
     * @param memoryPositions of the shape of the memory, or null
     */
    public Tensor call(
            Tensor target,
            Tensor memory,
            Tensor targetPositions,
            Tensor memoryPositions,
            AttentionMask targetMask,
            AttentionMask memoryMask) {
        return run(() -> {
            var keys = placed(memory, memoryPositions);
            if (spec.normFirst()) {
                var own = norm1.call(target);
                var placed = placed(own, targetPositions);
                var x = target.add(dropout.call(selfAttention.call(placed, placed, own, targetMask)));
                var query = placed(norm2.call(x), targetPositions);
                x = x.add(dropout.call(crossAttention.call(query, keys, memory, memoryMask)));
                return x.add(feedForward(norm3.call(x)));
            }
            var placed = placed(target, targetPositions);
            var x = norm1.call(target.add(dropout.call(selfAttention.call(placed, placed, target, targetMask))));
            var query = placed(x, targetPositions);
            x = norm2.call(x.add(dropout.call(crossAttention.call(query, keys, memory, memoryMask))));
            return norm3.call(x.add(feedForward(x)));
        });
    }

    private static Tensor placed(Tensor x, Tensor positions) {
        return positions == null ? x : x.add(positions);
    }

    private Tensor feedForward(Tensor x) {
        return dropout.call(linear2.call(dropout.call(spec.activate(linear1.call(x)))));
    }
}
