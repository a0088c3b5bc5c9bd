package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** With some probability, makes the negative. */
public record Invert(double probability) implements Transform {
    public Invert {
        Chance.requireProbability("invert", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random) ? picture.withImage(Photometric.invert(picture.image())) : picture;
    }

    @Override
    public String toString() {
        return Registry.line("invert", probability);
    }
}
