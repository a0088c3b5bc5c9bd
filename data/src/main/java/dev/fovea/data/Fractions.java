package dev.fovea.data;

/**
 * How much is held out where data does not say so itself.
 *
 * @param validation part of all pictures, 0-1; each class of two or more pictures gives at least one if it is above 0
 * @param test the same for the test part, from three pictures on
 */
public record Fractions(double validation, double test) {
    public Fractions {
        if (!(validation >= 0) || !(test >= 0) || !(validation + test < 1)) {
            throw new IllegalArgumentException(
                    "the parts held out must be 0 or more and below 1 together, got validation " + validation
                            + " and test " + test);
        }
    }

    /** A validation part only. */
    public static Fractions validation(double part) {
        return new Fractions(part, 0);
    }
}
