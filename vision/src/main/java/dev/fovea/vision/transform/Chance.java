package dev.fovea.vision.transform;

import java.util.random.RandomGenerator;

/** What the random transforms share: drawing within ranges, and the checks of the ranges themselves. */
final class Chance {
    private Chance() {}

    static boolean happens(double probability, RandomGenerator random) {
        return random.nextDouble() < probability;
    }

    /** Uniform between two bounds, either of which may be the larger; one draw also where they are equal. */
    static double between(double low, double high, RandomGenerator random) {
        return low + (high - low) * random.nextDouble();
    }

    static void requireProbability(String transform, double probability) {
        requireRange(transform, "probability", probability, 0, 1);
    }

    static void requireRange(String transform, String what, double value, double low, double high) {
        if (!(value >= low && value <= high)) {
            throw new IllegalArgumentException(transform + ": " + what + " must be " + Registry.text(low) + " to "
                    + Registry.text(high) + ", got " + Registry.text(value));
        }
    }

    static void requireOrdered(String transform, String what, double low, double high) {
        if (!(low <= high)) {
            throw new IllegalArgumentException(transform + ": the smallest " + what
                    + " must not be above the largest, got " + Registry.text(low) + " and " + Registry.text(high));
        }
    }
}
