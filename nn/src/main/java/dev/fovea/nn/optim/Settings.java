package dev.fovea.nn.optim;

/** Checks of the numbers that users give. */
final class Settings {
    private Settings() {}

    /** A finite number that is not negative. */
    static void notNegative(String optimiser, String name, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException(optimiser + ": " + name + " must be 0 or more; got " + value);
        }
    }

    /** A decay of a running mean, from 0 up to but not including 1. */
    static void decay(String optimiser, String name, double value) {
        if (!(value >= 0 && value < 1)) {
            throw new IllegalArgumentException(
                    optimiser + ": " + name + " must be at least 0 and below 1; got " + value);
        }
    }
}
