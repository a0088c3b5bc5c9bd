package dev.fovea.vision.transform;

import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * MixUp, Zhang et al. 2017, arXiv 1710.09412: every sample of a batch becomes a weighted mean of two, and so does its
 * target. The weight is drawn once a batch from Beta(alpha, alpha).
 *
 * @param alpha above 0; 0.2 mixes mostly a little, 1 evenly
 */
public record MixUp(double alpha) {
    public MixUp {
        Chance.requireRange("mixup", "alpha", alpha, 1e-3, 1000);
    }

    /** The mixture of one batch. */
    public BatchMix draw(RandomGenerator random) {
        return new BatchMix(new Beta(alpha, alpha).sample(random), Optional.empty());
    }
}
