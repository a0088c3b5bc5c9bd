package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** With some probability, equalises the histogram of each channel ({@link Photometric#equalize}). */
public record Equalize(double probability) implements Transform {
    public Equalize {
        Chance.requireProbability("equalize", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random) ? picture.withImage(Photometric.equalize(picture.image())) : picture;
    }

    @Override
    public String toString() {
        return Registry.line("equalize", probability);
    }
}
