package dev.fovea.models.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;

/**
 * How the classes of sets are compared. Logits are {@code [N, Q, C]}; {@code index [K]} are the places of matched queries among all N Q,
 * {@code labels [K]} the classes they should have.
 */
final class SetClassLoss {
    /** How much queries count that should say no object, of which there are many. */
    private static final double NOTHING = 0.1;

    private static final double FOCAL_ALPHA = 0.25;
    private static final double VARIFOCAL_ALPHA = 0.75;

    private SetClassLoss() {}

    /** The mean over all queries; the last column is for no object. */
    static Tensor crossEntropy(Tensor logits, Tensor index, Tensor labels) {
        var flat = logits.reshape(-1, logits.dim(2));
        long nothing = logits.dim(2) - 1;
        var target = Tensor.full((double) nothing, DType.INT64, logits.device(), flat.dim(0))
                .scatter(0, index, labels);
        var weights = new float[(int) nothing + 1];
        java.util.Arrays.fill(weights, 1);
        weights[(int) nothing] = (float) NOTHING;
        var weight = Tensor.of(weights, weights.length).to(logits.device());
        return flat.crossEntropy(target, weight, Tensor.Reduction.MEAN, -100, 0);
    }

    /** The sum over all queries and classes (Lin et al. 2017). */
    static Tensor focal(Tensor logits, Tensor index, Tensor labels) {
        var target = spread(logits, index, labels, null);
        var p = logits.sigmoid();
        var loss = logits.binaryCrossEntropyWithLogits(target, null, null, Tensor.Reduction.NONE);
        var absent = target.neg().add(1);
        var wrong = p.mul(absent).add(p.neg().add(1).mul(target));
        var alpha = target.mul(FOCAL_ALPHA).add(absent.mul(1 - FOCAL_ALPHA));
        return loss.mul(wrong.square()).mul(alpha).sum();
    }

    /**
     * The sum over all queries and classes (Zhang et al. 2020, arXiv 2008.13367).
     *
     * @param overlap {@code [K]}: what the matched classes should score
     */
    static Tensor varifocal(Tensor logits, Tensor index, Tensor labels, Tensor overlap) {
        var present = spread(logits, index, labels, null);
        var score = spread(logits, index, labels, overlap);
        var p = logits.detach().sigmoid();
        var weight = p.square().mul(VARIFOCAL_ALPHA).mul(present.neg().add(1)).add(score);
        return logits.binaryCrossEntropyWithLogits(score, weight, null, Tensor.Reduction.SUM);
    }

    /** Zeros but for one value (or ones) in the class of each matched query. */
    private static Tensor spread(Tensor logits, Tensor index, Tensor labels, Tensor values) {
        long classes = logits.dim(2);
        var source = values == null ? Tensor.ones(index.dim(0)).to(logits.device()) : values.to(logits.dtype());
        return Tensor.zeros(logits.dtype(), logits.device(), logits.numel())
                .scatter(
                        0,
                        index.mul(Tensor.full((double) classes, DType.INT64, logits.device()))
                                .add(labels),
                        source)
                .reshape(logits.dim(0), logits.dim(1), classes);
    }
}
