package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * With some probability, puts the picture at a random place on a larger sheet, so that its objects become small (Liu et al.
 * 2015, arXiv 1512.02325). Sampling as in torchvision.
 *
 * @param maxScale largest side of the sheet in sides of the picture, at least 1
 * @param fill grey level of the sheet, 0-255
 */
public record ZoomOut(double maxScale, double probability, int fill) implements Transform {
    public ZoomOut {
        Chance.requireRange("zoomout", "maxScale", maxScale, 1, 16);
        Chance.requireProbability("zoomout", probability);
        Chance.requireRange("zoomout", "fill", fill, 0, 255);
    }

    /** Every second picture on up to four times its sides. */
    public static ZoomOut ssd(int fill) {
        return new ZoomOut(4, 0.5, fill);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        if (!Chance.happens(probability, random)) {
            return picture;
        }
        Image image = picture.image();
        double scale = Chance.between(1, maxScale, random);
        var sheet = new Size((int) (image.height() * scale), (int) (image.width() * scale));
        int left = (int) ((sheet.width() - image.width()) * random.nextDouble());
        int top = (int) ((sheet.height() - image.height()) * random.nextDouble());
        Frame frame = new Frame(-left, -top, sheet);
        return frame.warp().apply(picture, frame.cut(image, fill));
    }

    @Override
    public String toString() {
        return Registry.line("zoomout", maxScale, probability, fill);
    }
}
