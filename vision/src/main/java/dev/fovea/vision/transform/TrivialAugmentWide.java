package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import java.util.random.RandomGenerator;

/**
 * TrivialAugment, Müller and Hutter 2021, arXiv 2103.10158: one operation at random, with a random magnitude from a
 * wide range. Operations and magnitudes as in torchvision; moves look up the nearest pixel.
 *
 * @param fill grey level of what comes from outside, 0-255
 */
public record TrivialAugmentWide(int fill) implements Transform {
    public TrivialAugmentWide {
        Chance.requireRange("trivial", "fill", fill, 0, 255);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        PolicyOperation[] all = PolicyOperation.values();
        PolicyOperation operation = all[random.nextInt(all.length)];
        double amount = magnitude(operation, random.nextInt(PolicyOperation.BINS));
        boolean negative = random.nextBoolean();
        return operation.apply(picture, operation.signed() && negative ? -amount : amount, fill);
    }

    /** What step {@code bin} of 0-30 means: slope, pixels, degrees, distance from factor 1, bits or threshold. */
    static double magnitude(PolicyOperation operation, int bin) {
        double share = bin / (PolicyOperation.BINS - 1.0);
        return switch (operation) {
            case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
            case SHEAR_X, SHEAR_Y, BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> 0.99 * share;
            case TRANSLATE_X, TRANSLATE_Y -> 32 * share;
            case ROTATE -> 135 * share;
            case POSTERIZE -> 8 - Math.rint(6 * share);
            case SOLARIZE -> 255 * (1 - share);
        };
    }

    @Override
    public String toString() {
        return Registry.line("trivial", fill);
    }
}
