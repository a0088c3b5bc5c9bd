package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** With some probability, keeps the {@code bits} highest bits of each value, 0-8. */
public record Posterize(int bits, double probability) implements Transform {
    public Posterize {
        Chance.requireRange("posterize", "bits", bits, 0, 8);
        Chance.requireProbability("posterize", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random)
                ? picture.withImage(Photometric.posterize(picture.image(), bits))
                : picture;
    }

    @Override
    public String toString() {
        return Registry.line("posterize", bits, probability);
    }
}
