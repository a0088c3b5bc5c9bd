package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import java.util.Arrays;

/** Changes of an image that look at the neighbours of each pixel: blur and sharpness. */
public final class Smoothing {
    private Smoothing() {}

    /**
     * Moves each pixel away from its smoothed neighbourhood by {@code factor}, 0 or more: 0 is the smoothed image, 1
     * the image itself, above 1 sharper. Border pixels stay. Equal to Pillow 9.4.
     */
    public static Image sharpness(Image image, double factor) {
        float alpha = Photometric.requireFactor(factor);
        byte[] from = image.pixels();
        byte[] to = from.clone();
        int step = image.channels();
        int stride = image.width() * step;
        for (int y = 1; y < image.height() - 1; y++) {
            int end = (y + 1) * stride - step;
            for (int i = y * stride + step; i < end; i++) {
                int centre = from[i] & 0xff;
                int sum = row(from, i - stride, step) + row(from, i, step) + row(from, i + stride, step) + 4 * centre;
                // The kernel is ones around a 5, over 13; an odd divisor leaves no ties, so this rounds as floats
                // would.
                to[i] = (byte) Photometric.blend((2 * sum + 13) / 26, centre, alpha);
            }
        }
        return Image.wrap(image.width(), image.height(), step, to);
    }

    private static int row(byte[] pixels, int i, int step) {
        return (pixels[i - step] & 0xff) + (pixels[i] & 0xff) + (pixels[i + step] & 0xff);
    }

    /**
     * A Gaussian blur with a kernel of {@code kernelX} by {@code kernelY} pixels, both odd, and the standard deviations
     * in pixels; the image is mirrored at its border, without repeating the border pixel. Equal to torchvision 0.14.
     */
    public static Image gaussianBlur(Image image, int kernelX, int kernelY, double sigmaX, double sigmaY) {
        float[] horizontal = gaussian(kernelX, sigmaX);
        float[] vertical = gaussian(kernelY, sigmaY);
        int width = image.width();
        int height = image.height();
        int step = image.channels();
        int stride = width * step;
        byte[] to = new byte[stride * height];
        int[] columns = mirrored(width, kernelX / 2);
        int[] rows = mirrored(height, kernelY / 2);
        float[] column = new float[stride];
        float[] padded = new float[columns.length * step];
        float[] result = new float[stride];
        FloatRows source = new FloatRows(image, kernelY);
        for (int y = 0; y < height; y++) {
            Arrays.fill(column, 0);
            for (int k = 0; k < kernelY; k++) {
                addShifted(column, source.row(rows[y + k]), 0, vertical[k]);
            }
            for (int x = 0; x < columns.length; x++) {
                int column0 = columns[x] * step;
                for (int c = 0; c < step; c++) {
                    padded[x * step + c] = column[column0 + c];
                }
            }
            Arrays.fill(result, 0);
            for (int k = 0; k < kernelX; k++) {
                addShifted(result, padded, k * step, horizontal[k]);
            }
            for (int i = 0; i < stride; i++) {
                to[y * stride + i] = (byte) (int) Math.rint(result[i]);
            }
        }
        return Image.wrap(width, height, step, to);
    }

    // A loop of its own over plain float arrays: the JIT compiles it to SIMD.
    private static void addShifted(float[] sum, float[] values, int offset, float weight) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += weight * values[offset + i];
        }
    }

    /** The source index of each position of a line of {@code n} pixels with {@code pad} mirrored ones on both sides. */
    private static int[] mirrored(int n, int pad) {
        int[] index = new int[n + 2 * pad];
        int period = Math.max(1, 2 * (n - 1));
        for (int i = 0; i < index.length; i++) {
            int at = Math.floorMod(i - pad, period);
            index[i] = n == 1 ? 0 : Math.min(at, period - at);
        }
        return index;
    }

    private static float[] gaussian(int size, double sigma) {
        if (size < 1 || size % 2 == 0) {
            throw new IllegalArgumentException("blur: the kernel size must be odd and at least 1, got " + size);
        }
        if (!(sigma > 0)) {
            throw new IllegalArgumentException("blur: sigma must be more than 0, got " + sigma);
        }
        double[] weights = new double[size];
        double sum = 0;
        for (int i = 0; i < size; i++) {
            double x = (i - size / 2) / sigma;
            weights[i] = Math.exp(-0.5 * x * x);
            sum += weights[i];
        }
        float[] kernel = new float[size];
        for (int i = 0; i < size; i++) {
            kernel[i] = (float) (weights[i] / sum);
        }
        return kernel;
    }

    /** The last rows that were asked for, as floats; a window of neighbouring rows is converted once. */
    private static final class FloatRows {
        private final byte[] pixels;
        private final float[][] rows;
        private final int[] held;

        FloatRows(Image image, int window) {
            pixels = image.pixels();
            rows = new float[window][image.width() * image.channels()];
            held = new int[window];
            Arrays.fill(held, -1);
        }

        float[] row(int y) {
            int slot = y % rows.length;
            float[] row = rows[slot];
            if (held[slot] != y) {
                held[slot] = y;
                for (int i = 0, p = y * row.length; i < row.length; i++, p++) {
                    row[i] = pixels[p] & 0xff;
                }
            }
            return row;
        }
    }
}
