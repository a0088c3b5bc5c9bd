package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * Absolute differences, averaged; also called L1 loss.
 *
 * @param reduction how the values of all elements become one
 */
public record MeanAbsoluteError(Tensor.Reduction reduction) implements Loss {
    public static MeanAbsoluteError of() {
        return new MeanAbsoluteError(Tensor.Reduction.MEAN);
    }

    public MeanAbsoluteError reduction(Tensor.Reduction newReduction) {
        return new MeanAbsoluteError(newReduction);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var precise = Operands.precise(prediction);
        return precise.l1Loss(Operands.target("mean absolute error", precise, target), reduction);
    }
}
