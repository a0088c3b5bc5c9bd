package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.Arrays;

/** A window on an image by its first column and row, which may be negative, and its size. */
record Frame(int x, int y, Size size) {
    /**
     * The window on the centre of an image. Where the window is larger, half of the missing pixels (rounded down) come
     * before the image; where it is smaller, half of the surplus is rounded to even, as torchvision's {@code center_crop}.
     */
    static Frame centre(Size image, Size window) {
        return new Frame(offset(image.width(), window.width()), offset(image.height(), window.height()), window);
    }

    private static int offset(int image, int window) {
        return window > image ? -((window - image) / 2) : (int) Math.rint((image - window) / 2.0);
    }

    boolean isInside(Size image) {
        return x >= 0
                && y >= 0
                && (long) x + size.width() <= image.width()
                && (long) y + size.height() <= image.height();
    }

    /** What is seen through the window; grey level {@code fill} beside the image. */
    Image cut(Image image, int fill) {
        if (x == 0 && y == 0 && size.equals(image.size())) {
            return image;
        }
        int step = image.channels();
        byte[] to = new byte[Math.toIntExact(size.area() * step)];
        if (fill != 0) {
            Arrays.fill(to, (byte) fill);
        }
        int first = Math.max(0, -x);
        int last = Math.min(size.width(), image.width() - x);
        for (int row = Math.max(0, -y); row < Math.min(size.height(), image.height() - y) && first < last; row++) {
            System.arraycopy(
                    image.pixels(),
                    ((row + y) * image.width() + first + x) * step,
                    to,
                    (row * size.width() + first) * step,
                    (last - first) * step);
        }
        return Image.wrap(size.width(), size.height(), step, to);
    }

    Warp warp() {
        return Warp.shift(-x, -y, size);
    }

    /** The movement of resizing an image to {@code scaled} and then looking through this window. */
    Warp warpOf(Size from, Size scaled) {
        Warp stretch = Warp.stretch(from, scaled);
        return Warp.affine(stretch.a(), 0, -x, 0, stretch.e(), -y, size);
    }
}
