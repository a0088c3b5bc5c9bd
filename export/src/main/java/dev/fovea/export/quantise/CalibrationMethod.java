package dev.fovea.export.quantise;

import java.util.Arrays;

/** How the range of a value's 8-bit numbers follows from the values seen. */
public enum CalibrationMethod {
    /** From the smallest to the largest. */
    MIN_MAX("minmax"),
    /** Without the most extreme ten-thousandth. */
    PERCENTILE("percentile"),
    /** So that the distribution of values changes least. */
    ENTROPY("entropy");

    private final String word;

    CalibrationMethod(String word) {
        this.word = word;
    }

    /**
     * The method of a name.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static CalibrationMethod parse(String name) {
        return Arrays.stream(values())
                .filter(m -> m.word.equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unknown calibration '" + name + "'; use one of " + Arrays.toString(values())));
    }

    /** The name that {@link #parse} reads. */
    @Override
    public String toString() {
        return word;
    }
}
