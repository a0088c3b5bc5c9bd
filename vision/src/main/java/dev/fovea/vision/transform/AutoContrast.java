package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** With some probability, stretches each channel to the full range ({@link Photometric#autoContrast}). */
public record AutoContrast(double probability) implements Transform {
    public AutoContrast {
        Chance.requireProbability("autocontrast", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random)
                ? picture.withImage(Photometric.autoContrast(picture.image()))
                : picture;
    }

    @Override
    public String toString() {
        return Registry.line("autocontrast", probability);
    }
}
