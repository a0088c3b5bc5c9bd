package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * Squared differences, averaged.
 *
 * @param reduction how the values of all elements become one
 */
public record MeanSquaredError(Tensor.Reduction reduction) implements Loss {
    public static MeanSquaredError of() {
        return new MeanSquaredError(Tensor.Reduction.MEAN);
    }

    public MeanSquaredError reduction(Tensor.Reduction newReduction) {
        return new MeanSquaredError(newReduction);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var precise = Operands.precise(prediction);
        return precise.mseLoss(Operands.target("mean squared error", precise, target), reduction);
    }
}
