package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/**
 * The margin loss of capsule networks (Sabour et al. 2017, arXiv 1710.09829, equation 4): for each class
 * {@code T max(0, upper - p)^2 + absent (1 - T) max(0, p - lower)^2}, summed over the classes and averaged over the samples.
 *
 * <p>Predictions are how present each class is, {@code [N, C]}, 0-1; targets its truth {@code [N, C]}, 0-1: any number of classes may
 * be true.
 *
 * @param upper what a class that is there should reach, 0 to 1
 * @param lower what a class that is not there should stay below, 0 to 1
 * @param absent how much classes that are not there count, so that they do not shrink everything at the beginning
 */
public record MarginLoss(double upper, double lower, double absent) implements Loss {
    public MarginLoss {
        if (!(lower >= 0 && lower < upper && upper <= 1)) {
            throw new IllegalArgumentException(
                    "margins must be 0 <= lower < upper <= 1, got lower=" + lower + ", upper=" + upper);
        }
        if (!(absent >= 0)) {
            throw new IllegalArgumentException("the weight of absent classes must be 0 or more, got " + absent);
        }
    }

    /** The publication's values: 0.9, 0.1 and 0.5. */
    public static MarginLoss of() {
        return new MarginLoss(0.9, 0.1, 0.5);
    }

    @Override
    public Tensor compute(Tensor prediction, Tensor target) {
        var presence = Operands.precise(prediction);
        if (presence.rank() != 2) {
            throw new IllegalArgumentException("margin loss: expected predictions [N, C], got " + presence.shape());
        }
        var truth = Operands.target("margin loss", presence, target);
        var missed = presence.neg().add(upper).clampMin(0).square().mul(truth);
        var imagined = presence.sub(lower).clampMin(0).square().mul(truth.neg().add(1));
        return missed.add(imagined.mul(absent)).sum(false, 1).mean();
    }
}
