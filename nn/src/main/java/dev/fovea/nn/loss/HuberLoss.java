package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * Half the squared differences up to {@code delta}, straight lines beyond (Huber 1964), averaged.
 *
 * @param delta where the parabola ends
 * @param reduction how the values of all elements become one
 */
public record HuberLoss(double delta, Tensor.Reduction reduction) implements Loss {
    public HuberLoss {
        if (!(delta > 0)) {
            throw new IllegalArgumentException("delta must be above 0, got " + delta);
        }
    }

    public static HuberLoss of(double delta) {
        return new HuberLoss(delta, Tensor.Reduction.MEAN);
    }

    public HuberLoss reduction(Tensor.Reduction newReduction) {
        return new HuberLoss(delta, newReduction);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var precise = Operands.precise(prediction);
        return precise.huberLoss(Operands.target("Huber loss", precise, target), reduction, delta);
    }
}
