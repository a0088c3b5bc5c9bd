package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * Cross-entropy of logits {@code [N, C]} or {@code [N, C, H, W]}: -log softmax(prediction)[target], averaged.
 *
 * <p>Targets are class indices (int64, {@code [N]} or {@code [N, H, W]}) or class probabilities (floating, of the logits' shape), as
 * MixUp makes them. With class weights the mean over indices is weighted (divided by the sum of the weights).
 *
 * @param labelSmoothing the share of the target that is spread evenly over all classes, 0 to 1 (Szegedy et al. 2015)
 * @param weights one per class, or null
 * @param ignoreIndex class index that does not count
 * @param reduction how the values of all samples become one
 */
public record CrossEntropy(double labelSmoothing, Tensor weights, long ignoreIndex, Tensor.Reduction reduction)
        implements Loss {
    public CrossEntropy {
        if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
            throw new IllegalArgumentException("label smoothing must be 0 to 1, got " + labelSmoothing);
        }
    }

    public static CrossEntropy of() {
        return new CrossEntropy(0, null, -100, Tensor.Reduction.MEAN);
    }

    public CrossEntropy labelSmoothing(double share) {
        return new CrossEntropy(share, weights, ignoreIndex, reduction);
    }

    /** How much each class counts, in order of the classes. */
    public CrossEntropy weights(double... perClass) {
        return new CrossEntropy(labelSmoothing, Operands.constant(perClass), ignoreIndex, reduction);
    }

    /** Leaves out places whose target is this index, for example unlabelled pixels. */
    public CrossEntropy ignoreIndex(long index) {
        return new CrossEntropy(labelSmoothing, weights, index, reduction);
    }

    public CrossEntropy reduction(Tensor.Reduction newReduction) {
        return new CrossEntropy(labelSmoothing, weights, ignoreIndex, newReduction);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var logits = Operands.precise(prediction);
        if (logits.rank() < 2) {
            throw new IllegalArgumentException("cross-entropy: expected logits [N, C], got " + logits.shape());
        }
        if (weights != null && weights.numel() != logits.dim(1)) {
            throw new IllegalArgumentException("cross-entropy: " + weights.numel() + " class weights for "
                    + logits.dim(1) + " classes; give one weight per class");
        }
        boolean soft = target.dtype().isFloating();
        var labels = soft ? Operands.target("cross-entropy", logits, target) : target;
        return logits.crossEntropy(labels, Operands.beside(weights, logits), reduction, ignoreIndex, labelSmoothing);
    }
}
