package dev.fovea.nn.optim;

import java.nio.charset.StandardCharsets;

/** The number generator of the golden files: splitmix64 on the hash of a name. */
final class Fill {
    private Fill() {}

    /** {@code scale * (2u - 1)}, rounded to float after the difference and after the product, as the reference does. */
    static float[] values(String name, double scale, int n) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * 0x100000001b3L;
        }
        var values = new float[n];
        for (int i = 0; i < n; i++) {
            long z = h + i + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            values[i] = (float) (scale * (float) (2.0 * ((z >>> 40) / (double) (1 << 24)) - 1.0));
        }
        return values;
    }
}
