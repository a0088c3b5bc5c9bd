package dev.fovea.vision.transform;

import dev.fovea.vision.Size;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * CutMix, Yun et al. 2019, arXiv 1905.04899: a window of every sample of a batch is taken from another sample, and
 * targets are mixed by area. The window's area is drawn once a batch from Beta(alpha, alpha) and its centre evenly; at
 * the border it is cut, and the share of the targets follows the area that is left.
 *
 * @param alpha above 0; the paper uses 1
 */
public record CutMix(double alpha) {
    public CutMix {
        Chance.requireRange("cutmix", "alpha", alpha, 1e-3, 1000);
    }

    /** The mixture of one batch of images of the given size. */
    public BatchMix draw(Size size, RandomGenerator random) {
        double lambda = new Beta(alpha, alpha).sample(random);
        int x = random.nextInt(size.width());
        int y = random.nextInt(size.height());
        double half = 0.5 * Math.sqrt(1 - lambda);
        int halfWidth = (int) (half * size.width());
        int halfHeight = (int) (half * size.height());
        var window = new BatchMix.Window(
                Math.max(x - halfWidth, 0),
                Math.max(y - halfHeight, 0),
                Math.min(x + halfWidth, size.width()),
                Math.min(y + halfHeight, size.height()));
        return new BatchMix(1 - window.area() / (double) size.area(), Optional.of(window));
    }
}
