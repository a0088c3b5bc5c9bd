package dev.fovea.data.inspect;

import dev.fovea.vision.Image;
import java.util.Arrays;

/**
 * 64 bits that stay nearly the same when a picture is resized, recompressed or slightly recoloured: which of the 8x8 lowest
 * frequencies of its 32x32 grey version lie above their median (the DCT hash of Zauner, "Implementation and Benchmarking of
 * Perceptual Image Hash Functions", 2010).
 */
final class PerceptualHash {
    static final int SIDE = 32;
    private static final int LOW = 8;
    private static final float[][] COSINES = cosines();

    private PerceptualHash() {}

    /** The hash of a grey image of 32x32. */
    static long of(Image grey) {
        float[] frequencies = lowFrequencies(grey.pixels());
        float[] sorted = Arrays.copyOfRange(frequencies, 1, LOW * LOW); // the mean brightness says nothing
        Arrays.sort(sorted);
        float median = sorted[sorted.length / 2];
        long hash = 0;
        for (int i = 1; i < frequencies.length; i++) {
            hash |= frequencies[i] > median ? 1L << i : 0;
        }
        return hash;
    }

    private static float[] lowFrequencies(byte[] pixels) {
        float[] rows = new float[LOW * SIDE];
        for (int u = 0; u < LOW; u++) {
            for (int y = 0; y < SIDE; y++) {
                float sum = 0;
                for (int x = 0; x < SIDE; x++) {
                    sum += COSINES[u][x] * (pixels[y * SIDE + x] & 0xff);
                }
                rows[u * SIDE + y] = sum;
            }
        }
        float[] both = new float[LOW * LOW];
        for (int u = 0; u < LOW; u++) {
            for (int v = 0; v < LOW; v++) {
                float sum = 0;
                for (int y = 0; y < SIDE; y++) {
                    sum += COSINES[v][y] * rows[u * SIDE + y];
                }
                both[v * LOW + u] = sum;
            }
        }
        return both;
    }

    private static float[][] cosines() {
        float[][] table = new float[LOW][SIDE];
        for (int u = 0; u < LOW; u++) {
            for (int x = 0; x < SIDE; x++) {
                table[u][x] = (float) Math.cos(Math.PI * (2 * x + 1) * u / (2.0 * SIDE));
            }
        }
        return table;
    }
}
