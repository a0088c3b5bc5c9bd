package dev.fovea.nn.layer;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;

/**
 * What attention must not look at.
 *
 * @param scores {@code [L, S]} or {@code [N heads, L, S]}: bool, true where a query must not see a key; or floating, added to the
 *     scores; or null
 * @param keyPadding {@code [N, S]}: bool, true for keys that are only padding; or floating, added; or null
 */
public record AttentionMask(Tensor scores, Tensor keyPadding) {
    /** Everything is seen. */
    public static final AttentionMask NONE = new AttentionMask(null, null);

    /** Each place sees itself and what comes before it. */
    public static AttentionMask causal(long length, Device device) {
        return new AttentionMask(Tensor.ones(DType.BOOL, device, length, length).triu(1), null);
    }

    /** This mask and padded keys. */
    public AttentionMask keyPadding(Tensor padding) {
        return new AttentionMask(scores, padding);
    }

    /** Both as one that is added to scores {@code [N, heads, L, S]}; null if everything is seen. */
    Tensor additive(Tensor like, long batch, long heads) {
        Tensor sum = null;
        if (scores != null) {
            var added = added(scores, like);
            sum = added.rank() == 3 ? added.reshape(batch, heads, added.dim(1), added.dim(2)) : added;
        }
        if (keyPadding != null) {
            var added = added(keyPadding, like).unsqueeze(1).unsqueeze(1);
            sum = sum == null ? added : sum.add(added);
        }
        return sum;
    }

    private static Tensor added(Tensor mask, Tensor like) {
        return mask.dtype() == DType.BOOL
                ? Tensor.zeros(like.dtype(), like.device(), mask.shape().toArray())
                        .maskedFill(mask, Double.NEGATIVE_INFINITY)
                : mask.to(like.dtype());
    }
}
