package dev.fovea.vision.transform;

import dev.fovea.vision.Image;

/**
 * Changes of colour as torchvision 0.14 computes them on uint8 tensors: float32 arithmetic, cut to whole numbers at the
 * end. torchvision has this second path beside the one on Pillow images ({@link Photometric}); the two differ by a grey
 * level, in hue by more. Whoever repeats the preparation of a network that was trained on tensors needs these.
 * Operations that are not here are equal on both paths.
 */
public final class TensorPhotometric {
    private TensorPhotometric() {}

    /** The luma, rounded down, as a grey image; itself if it is grey. */
    public static Image toGrey(Image image) {
        if (image.channels() == 1) {
            return image;
        }
        byte[] from = image.pixels();
        byte[] grey = new byte[image.width() * image.height()];
        for (int i = 0, p = 0; i < grey.length; i++, p += 3) {
            float red = 0.2989f * (from[p] & 0xff);
            float green = 0.587f * (from[p + 1] & 0xff);
            float blue = 0.114f * (from[p + 2] & 0xff);
            grey[i] = (byte) (int) (red + green + blue);
        }
        return Image.wrap(image.width(), image.height(), 1, grey);
    }

    /** Every value's distance from the image's mean luma times {@code factor}. */
    public static Image contrast(Image image, double factor) {
        byte[] grey = toGrey(image).pixels();
        long sum = 0;
        for (byte value : grey) {
            sum += value & 0xff;
        }
        float mean = (float) (sum / (double) grey.length);
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i] = blend(from[i] & 0xff, mean, factor);
        }
        return Image.wrap(image.width(), image.height(), image.channels(), to);
    }

    /** Every pixel's distance from its own luma times {@code factor}; grey images stay as they are. */
    public static Image saturation(Image image, double factor) {
        Photometric.requireFactor(factor);
        if (image.channels() == 1) {
            return image;
        }
        byte[] grey = toGrey(image).pixels();
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i] = blend(from[i] & 0xff, grey[i / 3] & 0xff, factor);
        }
        return Image.wrap(image.width(), image.height(), 3, to);
    }

    /** Moves each pixel away from its smoothed neighbourhood by {@code factor}; border pixels stay. */
    public static Image sharpness(Image image, double factor) {
        byte[] from = image.pixels();
        byte[] smooth = Smoothing.sharpness(image, 0).pixels();
        byte[] to = new byte[from.length];
        for (int i = 0; i < from.length; i++) {
            to[i] = blend(from[i] & 0xff, smooth[i] & 0xff, factor);
        }
        return Image.wrap(image.width(), image.height(), image.channels(), to);
    }

    private static byte blend(int value, float other, double factor) {
        float blended = Photometric.requireFactor(factor) * value + (float) (1 - factor) * other;
        return (byte) (int) Math.max(0, Math.min(255, blended));
    }

    /** Turns the colour circle by {@code shift} of a full turn, -0.5 to 0.5; grey images stay as they are. */
    public static Image hue(Image image, double shift) {
        if (!(shift >= -0.5 && shift <= 0.5)) {
            throw new IllegalArgumentException("hue: shift must be -0.5 to 0.5 of a turn, got " + shift);
        }
        if (image.channels() == 1) {
            return image;
        }
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int p = 0; p < from.length; p += 3) {
            float r = (from[p] & 0xff) / 255f;
            float g = (from[p + 1] & 0xff) / 255f;
            float b = (from[p + 2] & 0xff) / 255f;
            float high = Math.max(r, Math.max(g, b));
            float range = high - Math.min(r, Math.min(g, b));
            float turned = hue(r, g, b, high, range) + (float) shift;
            float saturation = range == 0 ? 0 : range / high;
            write(to, p, turned - (float) Math.floor(turned), saturation, high);
        }
        return Image.wrap(image.width(), image.height(), 3, to);
    }

    private static float hue(float r, float g, float b, float high, float range) {
        float divisor = range == 0 ? 1 : range;
        float sixths;
        if (high == r) {
            sixths = (high - b) / divisor - (high - g) / divisor;
        } else if (high == g) {
            sixths = 2 + (high - r) / divisor - (high - b) / divisor;
        } else {
            sixths = 4 + (high - g) / divisor - (high - r) / divisor;
        }
        return (sixths / 6 + 1) % 1;
    }

    private static void write(byte[] to, int p, float hue, float saturation, float value) {
        int sector = (int) (hue * 6);
        float f = hue * 6 - sector;
        byte v = level(value);
        byte none = level(value * (1 - saturation));
        byte ramp = level(value * ((sector & 1) == 1 ? 1 - saturation * f : 1 - saturation * (1 - f)));
        int strongest = (sector + 1) / 2 % 3;
        // The channel that rises or falls lies beside the strongest: after it in even sectors, before it in odd ones.
        int moving = (sector & 1) == 0 ? (strongest + 1) % 3 : (strongest + 2) % 3;
        to[p + strongest] = v;
        to[p + moving] = ramp;
        to[p + 3 - strongest - moving] = none;
    }

    private static byte level(float value) {
        return (byte) (int) (value * 255f);
    }
}
