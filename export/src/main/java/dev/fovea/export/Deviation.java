package dev.fovea.export;

import java.util.Locale;

/**
 * How far a file's output is from the network's.
 *
 * @param largest the largest difference of two values
 * @param spread the standard deviation of the network's values
 */
public record Deviation(double largest, double spread) {
    /** The largest difference in units of the standard deviation; for values that are all the same, the difference itself. */
    public double relative() {
        return spread > 0 ? largest / spread : largest;
    }

    /** The larger of two. */
    public Deviation max(Deviation other) {
        return Double.isNaN(relative()) || relative() >= other.relative() ? this : other;
    }

    /** The largest difference of two outputs, in units of the first one's deviation; infinite where they are not as long. */
    public static Deviation between(float[] expected, float[] actual) {
        if (expected.length != actual.length) {
            return new Deviation(Double.POSITIVE_INFINITY, 0);
        }
        double mean = 0;
        for (float v : expected) {
            mean += v / expected.length;
        }
        double variance = 0;
        double largest = 0;
        for (int i = 0; i < expected.length; i++) {
            variance += (expected[i] - mean) * (expected[i] - mean) / expected.length;
            double off = Math.abs((double) expected[i] - actual[i]);
            largest = off > largest || Double.isNaN(off) ? off : largest;
        }
        return new Deviation(largest, Math.sqrt(variance));
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.1e of the standard deviation", relative());
    }
}
