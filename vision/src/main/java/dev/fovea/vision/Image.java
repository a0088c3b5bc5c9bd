package dev.fovea.vision;

import java.util.Arrays;

/**
 * An 8-bit picture, RGB or grey, pixel by pixel: {@code [H, W, C]} with C = 3 (red, green, blue) or 1, values 0-255 in sRGB.
 * Immutable by contract: whoever hands an array to {@link #wrap} gives it away, and nobody writes to {@link #pixels}.
 * Pixels live on the Java heap, so an image needs no closing.
 */
public final class Image {
    private final int width;
    private final int height;
    private final int channels;
    private final byte[] pixels;

    private Image(int width, int height, int channels, byte[] pixels) {
        if (channels != 1 && channels != 3) {
            throw new IllegalArgumentException("an image has 1 or 3 channels, got " + channels);
        }
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("an image is at least 1x1, got " + width + "x" + height);
        }
        if (pixels.length != (long) width * height * channels) {
            throw new IllegalArgumentException("an image of " + width + "x" + height + " with " + channels
                    + " channels needs " + (long) width * height * channels + " bytes, got " + pixels.length);
        }
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.pixels = pixels;
    }

    /** An image on the given array, which the caller must not change afterwards. */
    public static Image wrap(int width, int height, int channels, byte[] pixels) {
        return new Image(width, height, channels, pixels);
    }

    /** An image of one colour: three values for RGB, one for grey, 0-255. */
    public static Image filled(int width, int height, int... colour) {
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), colour.length)];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) colour[i % colour.length];
        }
        return new Image(width, height, colour.length, pixels);
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** 3 for RGB, 1 for grey. */
    public int channels() {
        return channels;
    }

    public Size size() {
        return new Size(height, width);
    }

    /** The pixels themselves, row by row, channels interleaved; read only. */
    public byte[] pixels() {
        return pixels;
    }

    /** One value, 0-255. */
    public int get(int x, int y, int channel) {
        return pixels[(y * width + x) * channels + channel] & 0xff;
    }

    /** This image with three equal channels if it was grey; itself if it is RGB. */
    public Image toRgb() {
        if (channels == 3) {
            return this;
        }
        byte[] rgb = new byte[pixels.length * 3];
        for (int i = 0, o = 0; i < pixels.length; i++) {
            rgb[o++] = pixels[i];
            rgb[o++] = pixels[i];
            rgb[o++] = pixels[i];
        }
        return new Image(width, height, 3, rgb);
    }

    /** Luma by ITU-R 601-2 in Pillow's fixed-point form; itself if it is grey. */
    public Image toGrey() {
        if (channels == 1) {
            return this;
        }
        byte[] grey = new byte[width * height];
        for (int i = 0, p = 0; i < grey.length; i++, p += 3) {
            int r = pixels[p] & 0xff;
            int g = pixels[p + 1] & 0xff;
            int b = pixels[p + 2] & 0xff;
            grey[i] = (byte) ((r * 19595 + g * 38470 + b * 7471 + 0x8000) >> 16);
        }
        return new Image(width, height, 1, grey);
    }

    /** This image as RGB or grey. */
    public Image withChannels(int wanted) {
        return switch (wanted) {
            case 1 -> toGrey();
            case 3 -> toRgb();
            default -> throw new IllegalArgumentException("an image has 1 or 3 channels, asked for " + wanted);
        };
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Image other
                && width == other.width
                && height == other.height
                && channels == other.channels
                && Arrays.equals(pixels, other.pixels);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(pixels) * 31 + width;
    }

    @Override
    public String toString() {
        return "Image[" + width + "x" + height + (channels == 3 ? " RGB]" : " grey]");
    }
}
