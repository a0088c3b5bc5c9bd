package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * {@link HuberLoss} divided by {@code beta} (Girshick 2015), averaged.
 *
 * @param beta where the parabola ends
 * @param reduction how the values of all elements become one
 */
public record SmoothL1Loss(double beta, Tensor.Reduction reduction) implements Loss {
    public SmoothL1Loss {
        if (!(beta > 0)) {
            throw new IllegalArgumentException("beta must be above 0, got " + beta);
        }
    }

    public static SmoothL1Loss of(double beta) {
        return new SmoothL1Loss(beta, Tensor.Reduction.MEAN);
    }

    public SmoothL1Loss reduction(Tensor.Reduction newReduction) {
        return new SmoothL1Loss(beta, newReduction);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var precise = Operands.precise(prediction);
        return precise.smoothL1Loss(Operands.target("smooth L1 loss", precise, target), reduction, beta);
    }
}
