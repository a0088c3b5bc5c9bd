package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.Arrays;

/**
 * Resizes images to exactly the pixels that Pillow (and so torchvision on images) gives, antialiased. Weights are
 * computed in float64, normalised, and rounded to 22 bits after the binary point; a horizontal pass rounds to 8 bits, a
 * vertical pass follows. Evaluating with another resampler costs pretrained weights most of a point of accuracy.
 */
public final class Resample {
    private static final int PRECISION = 22;
    private static final int HALF = 1 << (PRECISION - 1);

    private Resample() {}

    /** The image at another size; the image itself if it has that size. */
    public static Image resize(Image image, Size size, Interpolation interpolation) {
        return size.equals(image.size()) ? image : window(image, size, 0, 0, size, interpolation);
    }

    /**
     * A part of the image at another size: the same pixels as resizing to {@code full} and then cropping, without
     * computing the others.
     *
     * @param full the size to which the whole image is resized
     * @param left first column of the part, in the resized image
     * @param top first row of the part, in the resized image
     * @param part the size of the part, which must lie inside {@code full}
     */
    public static Image window(Image image, Size full, int left, int top, Size part, Interpolation interpolation) {
        if (left < 0 || top < 0 || left + part.width() > full.width() || top + part.height() > full.height()) {
            throw new IllegalArgumentException(
                    "a window of " + part + " at (" + left + ", " + top + ") leaves the resized image of " + full);
        }
        if (interpolation == Interpolation.NEAREST) {
            return nearest(image, full, left, top, part);
        }
        int channels = image.channels();
        Weights across = Weights.of(image.width(), full.width(), left, part.width(), interpolation);
        Weights down = Weights.of(image.height(), full.height(), top, part.height(), interpolation);
        boolean sameHeight = full.height() == image.height();
        int firstRow = sameHeight ? top : down.firstInput();
        int rows = (sameHeight ? top + part.height() : down.lastInput()) - firstRow;
        byte[] source = image.pixels();
        int[] narrow = new int[Math.multiplyExact(Math.multiplyExact(rows, part.width()), channels)];
        int stride = image.width() * channels;
        for (int y = 0; y < rows; y++) {
            int from = (firstRow + y) * stride;
            int to = y * part.width() * channels;
            if (full.width() == image.width()) {
                for (int i = 0; i < part.width() * channels; i++) {
                    narrow[to + i] = source[from + left * channels + i] & 0xff;
                }
            } else if (channels == 3) {
                across.row3(source, from, narrow, to);
            } else {
                across.row1(source, from, narrow, to);
            }
        }
        byte[] pixels = new byte[Math.toIntExact(part.area() * channels)];
        vertical(narrow, part.width() * channels, down, firstRow, sameHeight, pixels);
        return Image.wrap(part.width(), part.height(), channels, pixels);
    }

    /** Adds weighted rows of ints, a loop that the compiler turns into vector instructions. */
    private static void vertical(int[] rows, int length, Weights down, int firstRow, boolean same, byte[] out) {
        int[] sum = new int[length];
        for (int y = 0; y < down.count; y++) {
            int first = (down.first[y] - firstRow) * length;
            if (same) {
                for (int i = 0; i < length; i++) {
                    out[y * length + i] = (byte) rows[(down.start + y - firstRow) * length + i];
                }
                continue;
            }
            Arrays.fill(sum, HALF);
            for (int k = 0; k < down.taps[y]; k++) {
                int weight = down.weights[y * down.most + k];
                int from = first + k * length;
                for (int i = 0; i < length; i++) {
                    sum[i] += rows[from + i] * weight;
                }
            }
            for (int i = 0; i < length; i++) {
                out[y * length + i] = (byte) Math.max(0, Math.min(255, sum[i] >> PRECISION));
            }
        }
    }

    private static Image nearest(Image image, Size full, int left, int top, Size part) {
        int channels = image.channels();
        int[] xs = nearestIndices(image.width(), full.width());
        int[] ys = nearestIndices(image.height(), full.height());
        byte[] from = image.pixels();
        byte[] to = new byte[Math.toIntExact(part.area() * channels)];
        int o = 0;
        for (int y = 0; y < part.height(); y++) {
            int row = ys[top + y] * image.width();
            for (int x = 0; x < part.width(); x++) {
                int p = (row + xs[left + x]) * channels;
                for (int c = 0; c < channels; c++) {
                    to[o++] = from[p + c];
                }
            }
        }
        return Image.wrap(part.width(), part.height(), channels, to);
    }

    /** Source indices by repeated addition, whose rounding the reference has too. */
    private static int[] nearestIndices(int from, int to) {
        double step = from / (double) to;
        double at = step * 0.5;
        int[] indices = new int[to];
        for (int i = 0; i < to; i++, at += step) {
            indices[i] = Math.min((int) at, from - 1);
        }
        return indices;
    }

    /** For each output position the first input position, the number of inputs, and their fixed-point weights. */
    @SuppressWarnings("ArrayRecordComponent") // a table inside one call
    private record Weights(int start, int count, int most, int[] first, int[] taps, int[] weights) {
        static Weights of(int from, int to, int start, int count, Interpolation interpolation) {
            double scale = from / (double) to;
            double filterScale = Math.max(1, scale);
            double support = interpolation.support() * filterScale;
            int most = (int) Math.ceil(support) * 2 + 1;
            int[] first = new int[count];
            int[] taps = new int[count];
            int[] weights = new int[Math.multiplyExact(count, most)];
            double[] exact = new double[most];
            for (int i = 0; i < count; i++) {
                double centre = (start + i + 0.5) * scale;
                int low = Math.max(0, (int) (centre - support + 0.5));
                int n = Math.min(from, (int) (centre + support + 0.5)) - low;
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    exact[k] = interpolation.weight((k + low - centre + 0.5) * (1 / filterScale));
                    sum += exact[k];
                }
                for (int k = 0; k < n; k++) {
                    double weight = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION);
                    weights[i * most + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
                first[i] = low;
                taps[i] = n;
            }
            return new Weights(start, count, most, first, taps, weights);
        }

        int firstInput() {
            return first[0];
        }

        int lastInput() {
            return first[count - 1] + taps[count - 1];
        }

        void row3(byte[] source, int from, int[] out, int to) {
            int o = to;
            for (int x = 0; x < count; x++) {
                int p = from + first[x] * 3;
                int w = x * most;
                int end = w + taps[x];
                int r = HALF;
                int g = HALF;
                int b = HALF;
                for (; w < end; w++, p += 3) {
                    int weight = weights[w];
                    r += (source[p] & 0xff) * weight;
                    g += (source[p + 1] & 0xff) * weight;
                    b += (source[p + 2] & 0xff) * weight;
                }
                out[o++] = Math.max(0, Math.min(255, r >> PRECISION));
                out[o++] = Math.max(0, Math.min(255, g >> PRECISION));
                out[o++] = Math.max(0, Math.min(255, b >> PRECISION));
            }
        }

        void row1(byte[] source, int from, int[] out, int to) {
            for (int x = 0; x < count; x++) {
                int p = from + first[x];
                int w = x * most;
                int end = w + taps[x];
                int sum = HALF;
                for (; w < end; w++, p++) {
                    sum += (source[p] & 0xff) * weights[w];
                }
                out[to + x] = Math.max(0, Math.min(255, sum >> PRECISION));
            }
        }
    }
}
