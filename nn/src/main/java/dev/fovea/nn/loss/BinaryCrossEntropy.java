package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * Cross-entropy of independent yes-or-no logits of any shape, with targets 0 to 1 of the same shape; for several labels a picture.
 *
 * @param positiveWeights how much more a missed yes counts, one per last dimension (or one for all), or null
 * @param reduction how the values of all elements become one
 */
public record BinaryCrossEntropy(Tensor positiveWeights, Tensor.Reduction reduction) implements Loss {
    public static BinaryCrossEntropy withLogits() {
        return new BinaryCrossEntropy(null, Tensor.Reduction.MEAN);
    }

    /** One per class in order, or one for all. */
    public BinaryCrossEntropy positiveWeights(double... perClass) {
        return new BinaryCrossEntropy(Operands.constant(perClass), reduction);
    }

    public BinaryCrossEntropy reduction(Tensor.Reduction newReduction) {
        return new BinaryCrossEntropy(positiveWeights, newReduction);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var logits = Operands.precise(prediction);
        return logits.binaryCrossEntropyWithLogits(
                Operands.target("binary cross-entropy", logits, target),
                null,
                Operands.beside(positiveWeights, logits),
                reduction);
    }
}
