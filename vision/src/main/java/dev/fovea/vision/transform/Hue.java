package dev.fovea.vision.transform;

import dev.fovea.vision.Image;

/**
 * The turn of the colour circle through 8-bit hue, saturation and value, with the mixture of float32 and float64 that
 * Pillow 9.4 computes in, since its rounding shows in the result. Formulas: A. R. Smith, "Color Gamut Transform Pairs",
 * 1978.
 */
final class Hue {
    /** Of a hue 0-255: the sector 0-5 of the colour circle, and how far into it, 0-1. */
    private static final int[] SECTOR = new int[256];

    private static final float[] FRACTION = new float[256];

    static {
        for (int hue = 0; hue < 256; hue++) {
            int sector = (int) Math.floor((float) hue * 6.0 / 255.0);
            FRACTION[hue] = (float) ((float) hue * 6.0 / 255.0 - (float) sector);
            SECTOR[hue] = sector % 6;
        }
    }

    private Hue() {}

    /** An RGB image with {@code shift} added to each hue, modulo 256. */
    static Image turn(Image image, int shift) {
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int p = 0; p < from.length; p += 3) {
            int r = from[p] & 0xff;
            int g = from[p + 1] & 0xff;
            int b = from[p + 2] & 0xff;
            int high = Math.max(r, Math.max(g, b));
            int low = Math.min(r, Math.min(g, b));
            int saturation = high == low ? 0 : (int) ((float) (high - low) / (float) high * 255.0);
            if (saturation == 0) {
                to[p] = to[p + 1] = to[p + 2] = (byte) high;
                continue;
            }
            int hue = (hue(r, g, b, high, high - low) + shift) & 0xff;
            write(to, p, hue, saturation, high);
        }
        return Image.wrap(image.width(), image.height(), 3, to);
    }

    private static int hue(int r, int g, int b, int high, float range) {
        float sixths;
        if (r == high) {
            sixths = (high - b) / range - (high - g) / range;
        } else if (g == high) {
            sixths = (float) (2.0 + (high - r) / range - (high - b) / range);
        } else {
            sixths = (float) (4.0 + (high - g) / range - (high - r) / range);
        }
        double turn = sixths / 6.0 + 1.0;
        float hue = (float) (turn >= 1 ? turn - 1 : turn);
        return Math.min(255, (int) (hue * 255.0));
    }

    private static void write(byte[] to, int p, int hue, int saturation, int value) {
        int sector = SECTOR[hue];
        float f = FRACTION[hue];
        float s = (float) ((float) saturation / 255.0);
        byte v = (byte) value;
        byte none = round(value * (1.0 - s));
        // The third value falls in odd sectors and rises in even ones.
        byte ramp = round(value * ((sector & 1) == 1 ? 1.0 - s * f : 1.0 - s * (1.0 - f)));
        switch (sector) {
            case 0 -> set(to, p, v, ramp, none);
            case 1 -> set(to, p, ramp, v, none);
            case 2 -> set(to, p, none, v, ramp);
            case 3 -> set(to, p, none, ramp, v);
            case 4 -> set(to, p, ramp, none, v);
            default -> set(to, p, v, none, ramp);
        }
    }

    private static byte round(double value) {
        return (byte) Math.min(255, (int) (value + 0.5));
    }

    private static void set(byte[] to, int p, byte r, byte g, byte b) {
        to[p] = r;
        to[p + 1] = g;
        to[p + 2] = b;
    }
}
