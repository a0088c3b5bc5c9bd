package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * RandAugment, Cubuk et al. 2019, arXiv 1909.13719: some operations at random out of fourteen, all with one magnitude.
 * Operations and magnitudes as in torchvision; moves look up the nearest pixel.
 *
 * @param operations how many one after the other, 0-20
 * @param magnitude 0-30
 * @param fill grey level of what comes from outside, 0-255
 */
public record RandAugment(int operations, int magnitude, int fill) implements Transform {
    public RandAugment {
        Chance.requireRange("randaugment", "operations", operations, 0, 20);
        Chance.requireRange("randaugment", "magnitude", magnitude, 0, PolicyOperation.BINS - 1);
        Chance.requireRange("randaugment", "fill", fill, 0, 255);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        PolicyOperation[] all = PolicyOperation.values();
        Picture augmented = picture;
        for (int i = 0; i < operations; i++) {
            PolicyOperation operation = all[random.nextInt(all.length)];
            boolean negative = random.nextBoolean();
            double amount = magnitude(operation, magnitude, augmented.image().size());
            augmented = operation.apply(augmented, operation.signed() && negative ? -amount : amount, fill);
        }
        return augmented;
    }

    /** What step {@code bin} of 0-30 means: slope, pixels, degrees, distance from factor 1, bits or threshold. */
    static double magnitude(PolicyOperation operation, int bin, Size size) {
        double share = bin / (PolicyOperation.BINS - 1.0);
        return switch (operation) {
            case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
            case SHEAR_X, SHEAR_Y -> 0.3 * share;
            case TRANSLATE_X -> 150.0 / 331.0 * size.width() * share;
            case TRANSLATE_Y -> 150.0 / 331.0 * size.height() * share;
            case ROTATE -> 30 * share;
            case BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> 0.9 * share;
            case POSTERIZE -> 8 - Math.rint(4 * share);
            case SOLARIZE -> 255 * (1 - share);
        };
    }

    @Override
    public String toString() {
        return Registry.line("randaugment", operations, magnitude, fill);
    }
}
