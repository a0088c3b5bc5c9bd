package dev.fovea.vision.transform;

import dev.fovea.vision.Image;

/**
 * Changes of colour that leave every pixel where it is, equal value for value to Pillow 9.4 as torchvision 0.14 calls
 * it. Each takes an RGB or grey image and gives a new one of the same size and channels; factors are 0 or more, and 1
 * changes nothing.
 */
public final class Photometric {
    private Photometric() {}

    /** Every value times {@code factor}; 0 is black. */
    public static Image brightness(Image image, double factor) {
        return contrastAround(image, 0, factor);
    }

    /** Every value's distance from the image's mean luma times {@code factor}; 0 is one even grey. */
    public static Image contrast(Image image, double factor) {
        byte[] grey = image.toGrey().pixels();
        long sum = 0;
        for (byte value : grey) {
            sum += value & 0xff;
        }
        return contrastAround(image, (int) (sum / (double) grey.length + 0.5), factor);
    }

    private static Image contrastAround(Image image, int centre, double factor) {
        float alpha = requireFactor(factor);
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = (byte) blend(centre, v, alpha);
        }
        return map(image, table);
    }

    /**
     * Every pixel's distance from its own luma times {@code factor}; 0 is a grey image. Grey images stay as they are.
     */
    public static Image saturation(Image image, double factor) {
        float alpha = requireFactor(factor);
        if (image.channels() == 1) {
            return image;
        }
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int p = 0; p < from.length; p += 3) {
            int r = from[p] & 0xff;
            int g = from[p + 1] & 0xff;
            int b = from[p + 2] & 0xff;
            int luma = (r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16;
            to[p] = (byte) blend(luma, r, alpha);
            to[p + 1] = (byte) blend(luma, g, alpha);
            to[p + 2] = (byte) blend(luma, b, alpha);
        }
        return Image.wrap(image.width(), image.height(), 3, to);
    }

    /**
     * Turns the colour circle by {@code shift} of a full turn, -0.5 to 0.5, in Pillow's 8-bit HSV. Grey images stay as
     * they are.
     */
    public static Image hue(Image image, double shift) {
        if (!(shift >= -0.5 && shift <= 0.5)) {
            throw new IllegalArgumentException("hue: shift must be -0.5 to 0.5 of a turn, got " + shift);
        }
        return image.channels() == 1 ? image : Hue.turn(image, (int) (shift * 255) & 0xff);
    }

    /** {@code gain * v^gamma} on values scaled to 0-1, cut at 1. */
    public static Image gamma(Image image, double gamma, double gain) {
        if (!(gamma >= 0 && gain >= 0)) {
            throw new IllegalArgumentException("gamma and gain must be 0 or more, got " + gamma + " and " + gain);
        }
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = (byte) Math.min(255, (int) ((255 + 1 - 1e-3) * gain * Math.pow(v / 255.0, gamma)));
        }
        return map(image, table);
    }

    /** The negative. */
    public static Image invert(Image image) {
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i] = (byte) ~from[i];
        }
        return Image.wrap(image.width(), image.height(), image.channels(), to);
    }

    /** Keeps the {@code bits} highest bits of each value, 0-8. */
    public static Image posterize(Image image, int bits) {
        if (bits < 0 || bits > 8) {
            throw new IllegalArgumentException("posterize: bits must be 0 to 8, got " + bits);
        }
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        byte mask = (byte) -(1 << (8 - bits));
        for (int i = 0; i < from.length; i++) {
            to[i] = (byte) (from[i] & mask);
        }
        return Image.wrap(image.width(), image.height(), image.channels(), to);
    }

    /** Inverts the values at or above {@code threshold}. */
    public static Image solarize(Image image, double threshold) {
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = (byte) (v < threshold ? v : 255 - v);
        }
        return map(image, table);
    }

    /** Stretches each channel so that its darkest value becomes 0 and its brightest 255. */
    public static Image autoContrast(Image image) {
        int[][] histogram = histogram(image);
        byte[][] tables = new byte[image.channels()][256];
        for (int c = 0; c < tables.length; c++) {
            int low = 0;
            int high = 255;
            while (low < 255 && histogram[c][low] == 0) {
                low++;
            }
            while (high > 0 && histogram[c][high] == 0) {
                high--;
            }
            double scale = high > low ? 255.0 / (high - low) : 1;
            double offset = high > low ? -low * scale : 0;
            for (int v = 0; v < 256; v++) {
                tables[c][v] = (byte) Math.max(0, Math.min(255, (int) (v * scale + offset)));
            }
        }
        return map(image, tables);
    }

    /** Spreads each channel's values so that all grey levels become about equally frequent. */
    public static Image equalize(Image image) {
        int[][] histogram = histogram(image);
        byte[][] tables = new byte[image.channels()][256];
        for (int c = 0; c < tables.length; c++) {
            int brightest = 255;
            while (histogram[c][brightest] == 0) {
                brightest--;
            }
            int step = (image.width() * image.height() - histogram[c][brightest]) / 255;
            int n = step / 2;
            for (int v = 0; v < 256; v++) {
                tables[c][v] = (byte) (step == 0 ? v : Math.min(255, n / step));
                n += histogram[c][v];
            }
        }
        return map(image, tables);
    }

    /** The luma in all of the image's channels: an RGB image stays RGB. */
    public static Image grey(Image image) {
        return image.toGrey().withChannels(image.channels());
    }

    /** A count for each channel and value. */
    static int[][] histogram(Image image) {
        int channels = image.channels();
        int[][] counts = new int[channels][256];
        byte[] pixels = image.pixels();
        for (int c = 0; c < channels; c++) {
            int[] count = counts[c];
            for (int i = c; i < pixels.length; i += channels) {
                count[pixels[i] & 0xff]++;
            }
        }
        return counts;
    }

    private static Image map(Image image, byte[] table) {
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i] = table[from[i] & 0xff];
        }
        return Image.wrap(image.width(), image.height(), image.channels(), to);
    }

    private static Image map(Image image, byte[][] tables) {
        if (tables.length == 1) {
            return map(image, tables[0]);
        }
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        byte[] red = tables[0];
        byte[] green = tables[1];
        byte[] blue = tables[2];
        for (int i = 0; i < from.length; i += 3) {
            to[i] = red[from[i] & 0xff];
            to[i + 1] = green[from[i + 1] & 0xff];
            to[i + 2] = blue[from[i + 2] & 0xff];
        }
        return Image.wrap(image.width(), image.height(), 3, to);
    }

    /** {@code from + alpha (to - from)}, cut to 0-255 and rounded down, in float32 as Pillow does it. */
    static int blend(int from, int to, float alpha) {
        float value = from + alpha * (to - from);
        return value <= 0 ? 0 : value >= 255 ? 255 : (int) value;
    }

    static float requireFactor(double factor) {
        if (!(factor >= 0 && factor < Float.MAX_VALUE)) {
            throw new IllegalArgumentException("the factor must be 0 or more, got " + factor);
        }
        return (float) factor;
    }
}
