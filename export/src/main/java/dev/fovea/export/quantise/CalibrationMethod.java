package dev.fovea.export.quantise;

/** How the range of a value's 8-bit numbers follows from the values seen. */
public enum CalibrationMethod {
    /** From the smallest to the largest. */
    MIN_MAX,
    /** Without the most extreme ten-thousandth. */
    PERCENTILE,
    /** So that the distribution of values changes least. */
    ENTROPY
}
