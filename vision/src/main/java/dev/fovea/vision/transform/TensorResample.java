package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.Arrays;
import java.util.Optional;

/**
 * Resizing and warping as torchvision 0.14 computes them on uint8 tensors: in floats, rounded once at the end, and
 * resized without antialiasing unless it is asked for. torchvision has this second path beside the one on Pillow images
 * ({@link Resample}, {@link PixelWarp}), and its pixels differ clearly where an image shrinks or a warp crosses the
 * border. Whoever repeats the preparation of a network that was trained on tensors needs these.
 */
public final class TensorResample {
    /** The cubic of interpolation without antialiasing; {@link Interpolation#BICUBIC} has Pillow's -0.5. */
    private static final float SHARP_CUBIC = -0.75f;

    private TensorResample() {}

    /**
     * The image at another size.
     *
     * @param interpolation NEAREST, BILINEAR or BICUBIC
     * @param antialias whether filters widen when the image shrinks
     */
    public static Image resize(Image image, Size size, Interpolation interpolation, boolean antialias) {
        if (interpolation == Interpolation.NEAREST) {
            return nearest(image, size);
        }
        if (interpolation != Interpolation.BILINEAR && interpolation != Interpolation.BICUBIC) {
            throw new IllegalArgumentException(
                    "tensors are resized nearest, bilinear or bicubic, asked for " + interpolation + "; use Resample");
        }
        int channels = image.channels();
        Taps[] across = taps(image.width(), size.width(), interpolation, antialias);
        Taps[] down = taps(image.height(), size.height(), interpolation, antialias);
        float[] narrow = new float[Math.multiplyExact(Math.multiplyExact(image.height(), size.width()), channels)];
        byte[] from = image.pixels();
        for (int y = 0, o = 0; y < image.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                for (int c = 0; c < channels; c++, o++) {
                    narrow[o] = across[x].sum(from, y * image.width() * channels + c, channels);
                }
            }
        }
        int stride = size.width() * channels;
        byte[] to = new byte[size.height() * stride];
        for (int y = 0, o = 0; y < size.height(); y++) {
            for (int i = 0; i < stride; i++, o++) {
                to[o] = level(down[y].sum(narrow, i, stride));
            }
        }
        return Image.wrap(size.width(), size.height(), channels, to);
    }

    private static Image nearest(Image image, Size size) {
        int channels = image.channels();
        float stepX = image.width() / (float) size.width();
        float stepY = image.height() / (float) size.height();
        byte[] from = image.pixels();
        byte[] to = new byte[Math.toIntExact(size.area() * channels)];
        for (int y = 0, o = 0; y < size.height(); y++) {
            int row = Math.min((int) (y * stepY), image.height() - 1) * image.width();
            for (int x = 0; x < size.width(); x++) {
                int column = Math.min((int) (x * stepX), image.width() - 1);
                for (int c = 0; c < channels; c++, o++) {
                    to[o] = from[(row + column) * channels + c];
                }
            }
        }
        return Image.wrap(size.width(), size.height(), channels, to);
    }

    /** The inputs of one output: positions and weights. */
    @SuppressWarnings("ArrayRecordComponent") // a table inside one call
    private record Taps(int[] at, float[] weights) {
        float sum(byte[] values, int offset, int step) {
            float sum = 0;
            for (int k = 0; k < at.length; k++) {
                sum += weights[k] * (values[offset + at[k] * step] & 0xff);
            }
            return sum;
        }

        float sum(float[] values, int offset, int step) {
            float sum = 0;
            for (int k = 0; k < at.length; k++) {
                sum += weights[k] * values[offset + at[k] * step];
            }
            return sum;
        }
    }

    private static Taps[] taps(int from, int to, Interpolation interpolation, boolean antialias) {
        double scale = from / (double) to;
        Taps[] taps = new Taps[to];
        for (int i = 0; i < to; i++) {
            taps[i] = antialias
                    ? wide(from, scale * (i + 0.5), Math.max(1, scale), interpolation)
                    : narrow(from, (float) from / to * (i + 0.5f) - 0.5f, interpolation);
        }
        return taps;
    }

    private static Taps wide(int from, double centre, double filterScale, Interpolation interpolation) {
        double support = interpolation.support() * filterScale;
        int low = Math.max(0, (int) (centre - support + 0.5));
        int count = Math.min(from, (int) (centre + support + 0.5)) - low;
        int[] at = new int[count];
        double[] exact = new double[count];
        double sum = 0;
        for (int k = 0; k < count; k++) {
            at[k] = low + k;
            exact[k] = interpolation.weight((low + k - centre + 0.5) / filterScale);
            sum += exact[k];
        }
        float[] weights = new float[count];
        for (int k = 0; k < count; k++) {
            weights[k] = (float) (exact[k] / sum);
        }
        return new Taps(at, weights);
    }

    /** Places in float32, as the reference has them, since halves are common and their rounding shows. */
    private static Taps narrow(int from, float centre, Interpolation interpolation) {
        boolean linear = interpolation == Interpolation.BILINEAR;
        float place = linear ? Math.max(0, centre) : centre;
        int before = (int) Math.floor(place);
        float t = place - before;
        float[] weights =
                linear ? new float[] {1 - t, t} : new float[] {cubic(1 + t), cubic(t), cubic(1 - t), cubic(2 - t)};
        int[] at = new int[weights.length];
        for (int k = 0; k < at.length; k++) {
            at[k] = Math.max(0, Math.min(from - 1, before + k - (linear ? 0 : 1)));
        }
        return new Taps(at, weights);
    }

    private static float cubic(float d) {
        float a = SHARP_CUBIC;
        return d <= 1 ? ((a + 2) * d - (a + 3)) * d * d + 1 : ((a * d - 5 * a) * d + 8 * a) * d - 4 * a;
    }

    /**
     * The pixels seen through a warp.
     *
     * @param back where each point of the new image lies in the old one
     * @param fill one value or one for each channel; pixels half outside are mixed with it. Without it they fade to
     *     black
     */
    public static Image warp(Image image, Warp back, Size size, PixelWarp.Filter filter, Optional<int[]> fill) {
        int channels = image.channels();
        byte[] to = new byte[Math.toIntExact(size.area() * channels)];
        float[] value = new float[channels];
        for (int y = 0, o = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++, o += channels) {
                double[] place = back.map(x + 0.5, y + 0.5);
                float inside = filter == PixelWarp.Filter.NEAREST
                        ? nearest(image, place, value)
                        : bilinear(image, place, value);
                for (int c = 0; c < channels; c++) {
                    int at = c;
                    float outside = fill.map(f -> (1 - inside) * f[Math.min(at, f.length - 1)])
                            .orElse(0f);
                    // The reference weighs the already faded value by its share once more.
                    to[o + c] = level(fill.isPresent() ? value[c] * inside + outside : value[c]);
                }
            }
        }
        return Image.wrap(size.width(), size.height(), channels, to);
    }

    /** Writes the nearest pixel; 1 if it lies inside, else 0. Halves go to the even pixel. */
    private static float nearest(Image image, double[] place, float[] value) {
        double x = Math.rint((float) (place[0] - 0.5));
        double y = Math.rint((float) (place[1] - 0.5));
        boolean inside = x >= 0 && y >= 0 && x < image.width() && y < image.height();
        for (int c = 0; c < value.length; c++) {
            value[c] = inside ? image.get((int) x, (int) y, c) : 0;
        }
        return inside ? 1 : 0;
    }

    /** Writes the weighted four neighbours, black where they are outside; the share of the weights that is inside. */
    private static float bilinear(Image image, double[] place, float[] value) {
        double u = place[0] - 0.5;
        double v = place[1] - 0.5;
        int left = (int) Math.floor(u);
        int top = (int) Math.floor(v);
        float share = 0;
        Arrays.fill(value, 0);
        for (int corner = 0; corner < 4; corner++) {
            int x = left + (corner & 1);
            int y = top + (corner >> 1);
            if (x >= 0 && y >= 0 && x < image.width() && y < image.height()) {
                float weight = (float) ((1 - Math.abs(u - x)) * (1 - Math.abs(v - y)));
                share += weight;
                for (int c = 0; c < value.length; c++) {
                    value[c] += weight * image.get(x, y, c);
                }
            }
        }
        return share;
    }

    private static byte level(float value) {
        return (byte) (int) Math.rint(Math.max(0, Math.min(255, value)));
    }
}
