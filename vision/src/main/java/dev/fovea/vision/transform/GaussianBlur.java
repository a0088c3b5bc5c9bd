package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/**
 * With some probability, blurs by a Gaussian of a random standard deviation (pixels).
 *
 * @param kernel side of the window in pixels, odd, 1-99
 */
public record GaussianBlur(int kernel, double minSigma, double maxSigma, double probability) implements Transform {
    public GaussianBlur {
        Chance.requireRange("blur", "kernel", kernel, 1, 99);
        if (kernel % 2 == 0) {
            throw new IllegalArgumentException("blur: kernel must be odd, got " + kernel + "; use " + (kernel + 1));
        }
        Chance.requireRange("blur", "minSigma", minSigma, 0.01, 100);
        Chance.requireRange("blur", "maxSigma", maxSigma, 0.01, 100);
        Chance.requireOrdered("blur", "sigma", minSigma, maxSigma);
        Chance.requireProbability("blur", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        boolean happens = Chance.happens(probability, random);
        double sigma = Chance.between(minSigma, maxSigma, random);
        return happens
                ? picture.withImage(Smoothing.gaussianBlur(picture.image(), kernel, kernel, sigma, sigma))
                : picture;
    }

    @Override
    public String toString() {
        return Registry.line("blur", kernel, minSigma, maxSigma, probability);
    }
}
