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
        byte[] pixels = new byte[Math.toIntExact(part.area() * channels)];
        int length = part.width() * channels;
        rows(
                image,
                full,
                left,
                top,
                part,
                interpolation,
                (y, row) -> System.arraycopy(row, 0, pixels, y * length, length));
        return Image.wrap(part.width(), part.height(), channels, pixels);
    }

    /** Takes rows of interleaved pixels from the top down; the array is used again for the next one. */
    interface RowSink {
        void row(int y, byte[] pixels);
    }

    /** The rows of {@link #window}, one after the other, with any filter but NEAREST. */
    static void rows(Image image, Size full, int left, int top, Size part, Interpolation interpolation, RowSink sink) {
        int channels = image.channels();
        Weights across = Weights.of(image.width(), full.width(), left, part.width(), interpolation);
        Weights down = Weights.of(image.height(), full.height(), top, part.height(), interpolation);
        int length = part.width() * channels;
        int stride = image.width() * channels;
        // Both windows move down together, so the narrowed rows that a new row needs are always the latest few.
        int[][] narrowed = new int[down.most][length];
        int[] sum = new int[length];
        byte[] row = new byte[length];
        int next = down.first[0];
        for (int y = 0; y < part.height(); y++) {
            int end = down.first[y] + down.taps[y];
            for (; next < end; next++) {
                across.row(image.pixels(), next * stride, channels, narrowed[next % down.most]);
            }
            Arrays.fill(sum, HALF);
            for (int k = 0; k < down.taps[y]; k++) {
                addWeighted(narrowed[(down.first[y] + k) % down.most], down.weights[y * down.most + k], sum);
            }
            round(sum, row);
            sink.row(y, row);
        }
    }

    private static void round(int[] sum, byte[] row) {
        for (int i = 0; i < row.length; i++) {
            row[i] = (byte) clamp(sum[i] >> PRECISION);
        }
    }

    /** A loop on ints alone, which the compiler turns into vector instructions. */
    private static void addWeighted(int[] row, int weight, int[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += row[i] * weight;
        }
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
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

    /**
     * For each output position the first input position, the number of inputs, and their fixed-point weights, of which
     * there is room for {@code most}.
     */
    @SuppressWarnings("ArrayRecordComponent") // a table inside one call
    private record Weights(int most, int[] first, int[] taps, int[] weights) {
        static Weights of(int from, int to, int start, int count, Interpolation interpolation) {
            double scale = from / (double) to;
            double filterScale = Math.max(1, scale);
            // An axis that keeps its length is left alone: one input of weight 1.
            double support = from == to ? 0 : interpolation.support() * filterScale;
            int most = (int) Math.ceil(support) * 2 + 1;
            int[] first = new int[count];
            int[] taps = new int[count];
            int[] weights = new int[Math.multiplyExact(count, most)];
            double[] exact = new double[most];
            for (int i = 0; i < count; i++) {
                double centre = (start + i + 0.5) * scale;
                int low = from == to ? start + i : Math.max(0, (int) (centre - support + 0.5));
                int n = from == to ? 1 : Math.min(from, (int) (centre + support + 0.5)) - low;
                double sum = 0;
                for (int k = 0; k < n; k++) {
                    exact[k] = from == to ? 1 : interpolation.weight((k + low - centre + 0.5) * (1 / filterScale));
                    sum += exact[k];
                }
                for (int k = 0; k < n; k++) {
                    double weight = (sum == 0 ? exact[k] : exact[k] / sum) * (1 << PRECISION);
                    weights[i * most + k] = (int) (weight < 0 ? weight - 0.5 : weight + 0.5);
                }
                first[i] = low;
                taps[i] = n;
            }
            return new Weights(most, first, taps, weights);
        }

        /** One row of interleaved pixels narrowed or widened, values 0-255. */
        void row(byte[] source, int from, int channels, int[] out) {
            if (channels == 3) {
                row3(source, from, out);
            } else {
                row1(source, from, out);
            }
        }

        private void row3(byte[] source, int from, int[] out) {
            int o = 0;
            for (int x = 0; x < first.length; x++) {
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
                out[o++] = clamp(r >> PRECISION);
                out[o++] = clamp(g >> PRECISION);
                out[o++] = clamp(b >> PRECISION);
            }
        }

        private void row1(byte[] source, int from, int[] out) {
            for (int x = 0; x < first.length; x++) {
                int p = from + first[x];
                int w = x * most;
                int end = w + taps[x];
                int sum = HALF;
                for (; w < end; w++, p++) {
                    sum += (source[p] & 0xff) * weights[w];
                }
                out[x] = clamp(sum >> PRECISION);
            }
        }
    }
}
