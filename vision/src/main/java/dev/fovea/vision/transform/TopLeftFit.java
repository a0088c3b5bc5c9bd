package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/**
 * The whole picture, enlarged or shrunk with its shape kept until it fits, at the top left of grey level {@code fill}: what YOLOX was
 * trained on. Pixels are those of OpenCV's bilinear filter, which does not widen when it shrinks; sides are rounded down.
 *
 * @param size the size of every prepared picture
 * @param fill 0-255, usually 114
 */
public record TopLeftFit(Size size, int fill) implements Transform {
    public TopLeftFit {
        Chance.requireRange("top left fit", "fill", fill, 0, 255);
    }

    /** How many prepared pixels there are for each of a picture's, in both directions. */
    public double ratio(Size from) {
        return Math.min(size.height() / (double) from.height(), size.width() / (double) from.width());
    }

    /** The part of the prepared picture that is not fill; at least one pixel. */
    public Size inner(Size from) {
        double ratio = ratio(from);
        return new Size(Math.max(1, (int) (from.height() * ratio)), Math.max(1, (int) (from.width() * ratio)));
    }

    /** The prepared image without annotation. */
    public Image apply(Image image) {
        return new Frame(0, 0, size).cut(resized(image, inner(image.size())), fill);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        var from = picture.image().size();
        return new Frame(0, 0, size).warpOf(from, inner(from)).apply(picture, apply(picture.image()));
    }

    private static Image resized(Image image, Size wanted) {
        if (image.size().equals(wanted)) {
            return image;
        }
        int type = opencv_core.CV_8UC(image.channels());
        byte[] pixels = new byte[Math.toIntExact(wanted.area() * image.channels())];
        try (var source = new BytePointer(image.pixels());
                var from = new Mat(image.height(), image.width(), type, source);
                var to = new Mat(wanted.height(), wanted.width(), type);
                var side = new org.bytedeco.opencv.opencv_core.Size(wanted.width(), wanted.height())) {
            opencv_imgproc.resize(from, to, side, 0, 0, opencv_imgproc.INTER_LINEAR);
            to.data().get(pixels);
        }
        return Image.wrap(wanted.width(), wanted.height(), image.channels(), pixels);
    }
}
