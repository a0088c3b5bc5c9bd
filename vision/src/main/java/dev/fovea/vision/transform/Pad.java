package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * More pixels on the sides of a picture.
 *
 * @param fill the grey level of {@link Mode#CONSTANT}, 0-255
 */
public record Pad(int left, int top, int right, int bottom, Mode mode, int fill) implements Transform {
    /** What the new pixels show; for a row of pixels a b c d. */
    public enum Mode {
        /** One grey level. */
        CONSTANT,
        /** The nearest pixel: a a | a b c d | d d. */
        EDGE,
        /** Mirrored at the outermost pixel: c b | a b c d | c b. */
        REFLECT,
        /** Mirrored at the border: b a | a b c d | d c. */
        SYMMETRIC
    }

    public Pad {
        if (Math.min(Math.min(left, top), Math.min(right, bottom)) < 0) {
            throw new IllegalArgumentException("pad: sides must be 0 or more, got left=" + left + ", top=" + top
                    + ", right=" + right + ", bottom=" + bottom + "; use Crop to cut");
        }
        Chance.requireRange("pad", "fill", fill, 0, 255);
    }

    /** Grey level {@code fill} on all sides. */
    public static Pad constant(int side, int fill) {
        return new Pad(side, side, side, side, Mode.CONSTANT, fill);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Image image = picture.image();
        Frame frame = new Frame(-left, -top, new Size(image.height() + top + bottom, image.width() + left + right));
        Image padded = mode == Mode.CONSTANT ? frame.cut(image, fill) : mirrored(image, frame.size());
        return frame.warp().apply(picture, padded);
    }

    private Image mirrored(Image image, Size size) {
        int channels = image.channels();
        byte[] from = image.pixels();
        byte[] to = new byte[Math.toIntExact(size.area() * channels)];
        int o = 0;
        for (int y = 0; y < size.height(); y++) {
            int row = source(y - top, image.height()) * image.width();
            for (int x = 0; x < size.width(); x++) {
                int p = (row + source(x - left, image.width())) * channels;
                for (int c = 0; c < channels; c++) {
                    to[o++] = from[p + c];
                }
            }
        }
        return Image.wrap(size.width(), size.height(), channels, to);
    }

    private int source(int at, int length) {
        return switch (mode) {
            case CONSTANT, EDGE -> Math.max(0, Math.min(length - 1, at));
            case REFLECT -> {
                int period = Math.max(1, 2 * length - 2);
                int i = Math.floorMod(at, period);
                yield i < length ? i : period - i;
            }
            case SYMMETRIC -> {
                int i = Math.floorMod(at, 2 * length);
                yield i < length ? i : 2 * length - 1 - i;
            }
        };
    }
}
