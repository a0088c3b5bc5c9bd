package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * Cross-entropy that counts easy examples less: {@code -alpha (1 - p)^gamma log p}, p the probability of the truth (Lin et al.
 * 2017).
 *
 * @param alpha the share of a yes in the sigmoid form (1 - alpha for a no); negative for none
 * @param gamma how much easy examples fade; 0 is plain cross-entropy
 * @param exclusive whether exactly one class is true: logits {@code [N, C, ...]}, targets indices {@code [N, ...]}; otherwise
 *     independent logits with targets 0 to 1 of the same shape
 * @param reduction how the values become one
 */
public record FocalLoss(double alpha, double gamma, boolean exclusive, Tensor.Reduction reduction) implements Loss {
    public FocalLoss {
        if (alpha > 1 || Double.isNaN(alpha)) {
            throw new IllegalArgumentException("alpha must be at most 1 (negative for none), got " + alpha);
        }
        if (!(gamma >= 0)) {
            throw new IllegalArgumentException("gamma must be 0 or more, got " + gamma);
        }
    }

    /** Independent classes; alpha 0.25, gamma 2. */
    public static FocalLoss sigmoid() {
        return new FocalLoss(0.25, 2, false, Tensor.Reduction.MEAN);
    }

    /** One class of many; gamma 2. */
    public static FocalLoss softmax() {
        return new FocalLoss(-1, 2, true, Tensor.Reduction.MEAN);
    }

    public FocalLoss alpha(double newAlpha) {
        return new FocalLoss(newAlpha, gamma, exclusive, reduction);
    }

    public FocalLoss gamma(double newGamma) {
        return new FocalLoss(alpha, newGamma, exclusive, reduction);
    }

    public FocalLoss reduction(Tensor.Reduction newReduction) {
        return new FocalLoss(alpha, gamma, exclusive, newReduction);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var logits = Operands.precise(prediction);
        var values = exclusive ? oneOfMany(logits, target) : independent(logits, target);
        return switch (reduction) {
            case NONE -> values;
            case MEAN -> values.mean();
            case SUM -> values.sum();
        };
    }

    private Tensor independent(Tensor logits, Tensor target) {
        var t = Operands.target("focal loss", logits, target);
        var p = logits.sigmoid();
        var right = p.mul(t).add(p.neg().add(1).mul(t.neg().add(1)));
        var values = logits.binaryCrossEntropyWithLogits(t, null, null, Tensor.Reduction.NONE)
                .mul(right.neg().add(1).pow(gamma));
        return alpha < 0 ? values : values.mul(t.mul(2 * alpha - 1).add(1 - alpha));
    }

    private Tensor oneOfMany(Tensor logits, Tensor target) {
        var logRight = logits.logSoftmax(1).gather(1, target.unsqueeze(1)).squeeze(1);
        var values = logRight.neg().mul(logRight.exp().neg().add(1).pow(gamma));
        return alpha < 0 ? values : values.mul(alpha);
    }
}
