package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/**
 * With some probability, adds independent Gaussian noise to every value.
 *
 * @param sigma standard deviation in grey levels, 0-255
 */
public record GaussianNoise(double sigma, double probability) implements Transform {
    public GaussianNoise {
        Chance.requireRange("noise", "sigma", sigma, 0, 255);
        Chance.requireProbability("noise", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        boolean happens = Chance.happens(probability, random);
        // One draw whatever the size, and a generator that is fast for millions of values.
        var noise = new SplittableRandom(random.nextLong());
        if (!happens) {
            return picture;
        }
        Image image = picture.image();
        byte[] pixels = image.pixels().clone();
        for (int i = 0; i < pixels.length; i++) {
            long value = Math.round((pixels[i] & 0xff) + sigma * noise.nextGaussian());
            pixels[i] = (byte) Math.max(0, Math.min(255, value));
        }
        return picture.withImage(Image.wrap(image.width(), image.height(), image.channels(), pixels));
    }

    @Override
    public String toString() {
        return Registry.line("noise", sigma, probability);
    }
}
