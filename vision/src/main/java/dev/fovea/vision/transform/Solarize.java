package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** With some probability, inverts the values at or above {@code threshold}, 0-256. */
public record Solarize(double threshold, double probability) implements Transform {
    public Solarize {
        Chance.requireRange("solarize", "threshold", threshold, 0, 256);
        Chance.requireProbability("solarize", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random)
                ? picture.withImage(Photometric.solarize(picture.image(), threshold))
                : picture;
    }

    @Override
    public String toString() {
        return Registry.line("solarize", threshold, probability);
    }
}
