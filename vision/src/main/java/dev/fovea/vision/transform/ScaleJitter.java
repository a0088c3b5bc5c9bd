package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * Large scale jitter (Ghiasi et al. 2020, arXiv 2012.07177): the picture, its shape kept, is resized to between
 * {@code minScale} and {@code maxScale} times what fits into the target, then a random window of the target's size is cut out
 * of it, or it is put at a random place of it.
 *
 * @param size of every picture that leaves
 * @param minScale the paper uses 0.1, or 0.8 for its small jitter
 * @param maxScale the paper uses 2, or 1.25 for its small jitter
 * @param fill grey level beside the picture, 0-255
 */
public record ScaleJitter(Size size, double minScale, double maxScale, int fill) implements Transform {
    public ScaleJitter {
        Chance.requireRange("scalejitter", "minScale", minScale, 0.01, 16);
        Chance.requireRange("scalejitter", "maxScale", maxScale, 0.01, 16);
        Chance.requireOrdered("scalejitter", "scale", minScale, maxScale);
        Chance.requireRange("scalejitter", "fill", fill, 0, 255);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Size from = picture.image().size();
        double fit = Math.min(size.width() / (double) from.width(), size.height() / (double) from.height());
        double scale = fit * Chance.between(minScale, maxScale, random);
        Size full = new Size(Math.max(1, (int) (from.height() * scale)), Math.max(1, (int) (from.width() * scale)));
        int x = offset(full.width(), size.width(), random.nextDouble());
        int y = offset(full.height(), size.height(), random.nextDouble());
        Frame frame = new Frame(x, y, size);
        return frame.warpOf(from, full).apply(picture, pixels(picture.image(), full, frame));
    }

    /** Computes only the pixels that are seen. */
    private Image pixels(Image image, Size full, Frame frame) {
        int left = Math.max(0, frame.x());
        int top = Math.max(0, frame.y());
        Size part = new Size(
                Math.min(full.height(), frame.y() + size.height()) - top,
                Math.min(full.width(), frame.x() + size.width()) - left);
        Image seen = full.equals(image.size())
                ? new Frame(left, top, part).cut(image, fill)
                : Resample.window(image, full, left, top, part, Interpolation.BILINEAR);
        return new Frame(frame.x() - left, frame.y() - top, size).cut(seen, fill);
    }

    /** The window's first pixel; negative where the picture is smaller than the window. */
    private static int offset(int length, int window, double draw) {
        return length >= window ? (int) ((length - window + 1) * draw) : -(int) ((window - length + 1) * draw);
    }

    @Override
    public String toString() {
        return Registry.line("scalejitter", size, minScale, maxScale, fill);
    }
}
