package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/**
 * Changes brightness, contrast, saturation and hue in random order, each by a random amount: factors from {@code max(0,
 * 1 - x)} to {@code 1 + x}, and a turn of the hue from {@code -hue} to {@code hue} (at most 0.5). Sampling as in
 * torchvision.
 */
public record ColorJitter(double brightness, double contrast, double saturation, double hue) implements Transform {
    public ColorJitter {
        Chance.requireRange("jitter", "brightness", brightness, 0, 100);
        Chance.requireRange("jitter", "contrast", contrast, 0, 100);
        Chance.requireRange("jitter", "saturation", saturation, 0, 100);
        Chance.requireRange("jitter", "hue", hue, 0, 0.5);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        int[] order = {0, 1, 2, 3};
        for (int i = 3; i > 0; i--) {
            int j = random.nextInt(i + 1);
            int swapped = order[i];
            order[i] = order[j];
            order[j] = swapped;
        }
        double brightnessFactor = factor(brightness, random);
        double contrastFactor = factor(contrast, random);
        double saturationFactor = factor(saturation, random);
        double turn = Chance.between(-hue, hue, random);
        Image image = picture.image();
        for (int operation : order) {
            image = switch (operation) {
                case 0 -> brightness == 0 ? image : Photometric.brightness(image, brightnessFactor);
                case 1 -> contrast == 0 ? image : Photometric.contrast(image, contrastFactor);
                case 2 -> saturation == 0 ? image : Photometric.saturation(image, saturationFactor);
                default -> hue == 0 ? image : Photometric.hue(image, turn);
            };
        }
        return picture.withImage(image);
    }

    private static double factor(double strength, RandomGenerator random) {
        return Chance.between(Math.max(0, 1 - strength), 1 + strength, random);
    }

    @Override
    public String toString() {
        return Registry.line("jitter", brightness, contrast, saturation, hue);
    }
}
