package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/** With some probability, takes the colour away; an RGB image stays RGB, with equal channels. */
public record Grayscale(double probability) implements Transform {
    public Grayscale {
        Chance.requireProbability("grey", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random) ? picture.withImage(Photometric.grey(picture.image())) : picture;
    }

    @Override
    public String toString() {
        return Registry.line("grey", probability);
    }
}
