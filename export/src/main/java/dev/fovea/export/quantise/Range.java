package dev.fovea.export.quantise;

/** The values that a tensor takes, and the 8-bit numbers they become: {@code real = scale (number - zeroPoint)}, numbers 0-255. */
record Range(float low, float high) {
    private static final float LEAST_WIDTH = 1e-6f;

    Range {
        if (!(low <= high)) {
            throw new IllegalArgumentException("a range needs low <= high, got " + low + " and " + high);
        }
        // Zero must be exact, since rims are padded with it.
        low = Math.min(low, 0);
        high = Math.max(Math.max(high, 0), low + LEAST_WIDTH);
    }

    float scale() {
        return (high - low) / 255;
    }

    int zeroPoint() {
        return Math.max(0, Math.min(255, Math.round(-low / scale())));
    }

    /** This cut to what an activation lets through. */
    Range within(double least, double most) {
        return new Range((float) Math.max(low, least), (float) Math.min(high, most));
    }

    Range union(Range other) {
        return new Range(Math.min(low, other.low), Math.max(high, other.high));
    }
}
