package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** With some probability, sharpens ({@code factor} above 1) or softens (below 1); see {@link Smoothing#sharpness}. */
public record Sharpness(double factor, double probability) implements Transform {
    public Sharpness {
        Chance.requireRange("sharpness", "factor", factor, 0, 100);
        Chance.requireProbability("sharpness", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random)
                ? picture.withImage(Smoothing.sharpness(picture.image(), factor))
                : picture;
    }

    @Override
    public String toString() {
        return Registry.line("sharpness", factor, probability);
    }
}
