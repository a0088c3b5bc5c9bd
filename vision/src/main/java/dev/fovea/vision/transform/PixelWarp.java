package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;

/**
 * The pixels of an image seen through a {@link Warp}, equal to Pillow's {@code Image.transform}: every pixel of the new
 * image looks up the place it comes from, nearest or between its four neighbours; what comes from outside gets the fill
 * colour.
 */
public final class PixelWarp {
    private static final int BITS = 20;
    private static final long ONE = 1L << 32;

    private PixelWarp() {}

    /** How a place between pixels gets its value. */
    public enum Filter {
        /** The pixel it lies in. */
        NEAREST,
        /** The four pixels around it, weighted by distance. */
        BILINEAR
    }

    /**
     * A new image of the given size.
     *
     * @param back where each point of the new image lies in the old one (its own size is not used)
     * @param fill one value for all channels, or one for each, 0-255
     */
    public static Image apply(Image image, Warp back, Size size, Filter filter, int... fill) {
        byte[] to = filled(size, image.channels(), fill);
        boolean affine = back.g() == 0 && back.h() == 0;
        if (filter == Filter.NEAREST) {
            if (affine && fits(back, size, Short.MAX_VALUE)) {
                nearestAffine(image, back, size, to);
            } else {
                nearest(image, back, size, to);
            }
        } else if (affine && fits(back, size, Integer.MAX_VALUE)) {
            bilinearAffine(image, back, size, to);
        } else {
            bilinear(image, back, size, to);
        }
        return Image.wrap(size.width(), size.height(), image.channels(), to);
    }

    /** The whole picture moved: its pixels, its annotation and its geometry. */
    static Picture apply(Picture picture, Warp back, Size size, Filter filter, int fill) {
        Image warped = apply(picture.image(), back, size, filter, fill);
        return back.inverse(size).apply(picture, warped);
    }

    private static byte[] filled(Size size, int channels, int[] fill) {
        if (fill.length != 1 && fill.length != channels) {
            throw new IllegalArgumentException(
                    "fill needs 1 value or one for each of " + channels + " channels, got " + fill.length);
        }
        byte[] pixels = new byte[Math.multiplyExact(Math.toIntExact(size.area()), channels)];
        for (int c = 0; c < channels; c++) {
            byte value = (byte) requireGrey("fill", fill[Math.min(c, fill.length - 1)]);
            for (int i = c; value != 0 && i < pixels.length; i += channels) {
                pixels[i] = value;
            }
        }
        return pixels;
    }

    static int requireGrey(String what, int value) {
        if (value < 0 || value > 255) {
            throw new IllegalArgumentException(what + " must be 0 to 255, got " + value);
        }
        return value;
    }

    /** True where all places looked up are small enough for fixed-point numbers. */
    private static boolean fits(Warp back, Size size, double limit) {
        for (int corner = 0; corner < 4; corner++) {
            double[] p = back.map((corner & 1) * size.width(), (corner >> 1) * size.height());
            if (!(Math.abs(p[0]) < limit && Math.abs(p[1]) < limit)) {
                return false;
            }
        }
        return true;
    }

    /** Pillow's 16.16 arithmetic, so that the same pixel is picked where two are equally near. */
    private static void nearestAffine(Image image, Warp back, Size size, byte[] to) {
        int width = image.width();
        int height = image.height();
        int step = image.channels();
        byte[] from = image.pixels();
        int dx = fixed16(back.a());
        int dy = fixed16(back.d());
        int rowX = fixed16(back.c() + back.a() * 0.5 + back.b() * 0.5);
        int rowY = fixed16(back.f() + back.d() * 0.5 + back.e() * 0.5);
        int o = 0;
        for (int y = 0; y < size.height(); y++) {
            int xx = rowX;
            int yy = rowY;
            for (int x = 0; x < size.width(); x++, o += step) {
                int sx = xx >> 16;
                int sy = yy >> 16;
                if (sx >= 0 && sx < width && sy >= 0 && sy < height) {
                    copy(from, (sy * width + sx) * step, to, o, step);
                }
                xx += dx;
                yy += dy;
            }
            rowX += fixed16(back.b());
            rowY += fixed16(back.e());
        }
    }

    private static int fixed16(double value) {
        return (int) Math.floor(value * 65536.0 + 0.5);
    }

    private static void copy(byte[] from, int i, byte[] to, int o, int step) {
        to[o] = from[i];
        if (step == 3) {
            to[o + 1] = from[i + 1];
            to[o + 2] = from[i + 2];
        }
    }

    private static void nearest(Image image, Warp back, Size size, byte[] to) {
        int step = image.channels();
        byte[] from = image.pixels();
        int o = 0;
        for (int y = 0; y < size.height(); y++) {
            double cy = y + 0.5;
            for (int x = 0; x < size.width(); x++, o += step) {
                double cx = x + 0.5;
                double w = back.g() * cx + back.h() * cy + 1;
                double sx = (back.a() * cx + back.b() * cy + back.c()) / w;
                double sy = (back.d() * cx + back.e() * cy + back.f()) / w;
                if (sx >= 0 && sx < image.width() && sy >= 0 && sy < image.height()) {
                    int source = ((int) sy) * image.width() + (int) sx;
                    copy(from, source * step, to, o, step);
                }
            }
        }
    }

    /** Walks the old image in steps of 32.32 fixed-point numbers. */
    private static void bilinearAffine(Image image, Warp back, Size size, byte[] to) {
        long limitX = image.width() * ONE;
        long limitY = image.height() * ONE;
        int step = image.channels();
        long dx = Math.round(back.a() * ONE);
        long dy = Math.round(back.d() * ONE);
        int o = 0;
        for (int y = 0; y < size.height(); y++) {
            long xx = Math.round((back.a() * 0.5 + back.b() * (y + 0.5) + back.c()) * ONE);
            long yy = Math.round((back.d() * 0.5 + back.e() * (y + 0.5) + back.f()) * ONE);
            for (int x = 0; x < size.width(); x++, o += step) {
                if (xx >= 0 && xx < limitX && yy >= 0 && yy < limitY) {
                    blend(image, xx - ONE / 2, yy - ONE / 2, to, o);
                }
                xx += dx;
                yy += dy;
            }
        }
    }

    private static void bilinear(Image image, Warp back, Size size, byte[] to) {
        int o = 0;
        for (int y = 0; y < size.height(); y++) {
            double cy = y + 0.5;
            for (int x = 0; x < size.width(); x++, o += image.channels()) {
                double cx = x + 0.5;
                double w = back.g() * cx + back.h() * cy + 1;
                double sx = (back.a() * cx + back.b() * cy + back.c()) / w;
                double sy = (back.d() * cx + back.e() * cy + back.f()) / w;
                if (sx >= 0 && sx < image.width() && sy >= 0 && sy < image.height()) {
                    blend(image, (long) (sx * ONE) - ONE / 2, (long) (sy * ONE) - ONE / 2, to, o);
                }
            }
        }
    }

    /**
     * The value at a 32.32 place measured from pixel centres, at least -0.5; weights of {@link #BITS} bits, rounded
     * down.
     */
    private static void blend(Image image, long u, long v, byte[] to, int o) {
        int width = image.width();
        int step = image.channels();
        byte[] from = image.pixels();
        int x = (int) (u >> 32);
        int y = (int) (v >> 32);
        int left = Math.max(x, 0) * step;
        int right = Math.min(x + 1, width - 1) * step;
        int top = Math.max(y, 0) * width * step;
        int bottom = Math.min(y + 1, image.height() - 1) * width * step;
        long fx = (u & (ONE - 1)) >>> (32 - BITS);
        long fy = (v & (ONE - 1)) >>> (32 - BITS);
        for (int c = 0; c < step; c++) {
            long upper = between(from[top + left + c] & 0xff, from[top + right + c] & 0xff, fx);
            long lower = between(from[bottom + left + c] & 0xff, from[bottom + right + c] & 0xff, fx);
            // The weights were cut to BITS bits: a small bias keeps values that are whole in exact arithmetic.
            long value = (upper << BITS) + (lower - upper) * fy + (1L << (2 * BITS - 11));
            to[o + c] = (byte) (value >> (2 * BITS));
        }
    }

    private static long between(int a, int b, long weight) {
        return ((long) a << BITS) + (b - a) * weight;
    }
}
