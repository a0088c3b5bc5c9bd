package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * A window of fixed size at a random place of the picture, after {@code padding} pixels of grey level {@code fill} were
 * put on every side. A picture that is still smaller than the window gets as much more padding as it needs
 * (torchvision's {@code pad_if_needed}).
 */
public record RandomCrop(Size size, int padding, int fill) implements Transform {
    public RandomCrop {
        Chance.requireRange("crop", "padding", padding, 0, 10_000);
        Chance.requireRange("crop", "fill", fill, 0, 255);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Image image = picture.image();
        int left = offset(image.width(), size.width(), random.nextDouble());
        int top = offset(image.height(), size.height(), random.nextDouble());
        Frame frame = new Frame(left, top, size);
        return frame.warp().apply(picture, frame.cut(image, fill));
    }

    /** The window's first pixel on one axis, for a draw of 0-1. */
    private int offset(int length, int window, double draw) {
        int padded = length + 2 * padding;
        int margin = padding + Math.max(0, window - padded);
        int places = length + 2 * margin - window + 1;
        return (int) (draw * places) - margin;
    }

    @Override
    public String toString() {
        return Registry.line("crop", size, padding, fill);
    }
}
