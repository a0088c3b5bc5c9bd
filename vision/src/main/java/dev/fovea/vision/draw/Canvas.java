package dev.fovea.vision.draw;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.text.Normalizer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;
import org.bytedeco.opencv.opencv_core.Point;
import org.bytedeco.opencv.opencv_core.Scalar;

/** A picture in native memory that shapes and text are drawn on, in pixels; close it after {@link #image}. */
final class Canvas implements AutoCloseable {
    private static final int FONT = opencv_imgproc.FONT_HERSHEY_SIMPLEX;
    private static final int SMOOTH = opencv_imgproc.LINE_AA;

    private final Mat mat;

    /** A canvas that starts as a copy of an image, in RGB. */
    Canvas(Image image) {
        mat = new Mat(image.height(), image.width(), opencv_core.CV_8UC3);
        mat.data().put(image.toRgb().pixels());
    }

    /** What was drawn. */
    Image image() {
        byte[] pixels = new byte[mat.rows() * mat.cols() * 3];
        mat.data().get(pixels);
        return Image.wrap(mat.cols(), mat.rows(), 3, pixels);
    }

    void line(double x1, double y1, double x2, double y2, Colour colour, int thickness) {
        try (var scope = new PointerScope()) {
            opencv_imgproc.line(mat, point(x1, y1), point(x2, y2), scalar(colour), thickness, SMOOTH, 0);
        }
    }

    /** The border of a rectangle, just inside it. */
    void rectangle(double x1, double y1, double x2, double y2, Colour colour, int thickness) {
        for (int i = 0; i < thickness; i++) {
            int right = (int) Math.ceil(x2) - 1 - i;
            int bottom = (int) Math.ceil(y2) - 1 - i;
            if (right < x1 + i || bottom < y1 + i) {
                return;
            }
            try (var scope = new PointerScope()) {
                opencv_imgproc.rectangle(
                        mat,
                        point(Math.floor(x1) + i, Math.floor(y1) + i),
                        point(right, bottom),
                        scalar(colour),
                        1,
                        opencv_imgproc.LINE_8,
                        0);
            }
        }
    }

    void fill(int x, int y, int width, int height, Colour colour) {
        try (var scope = new PointerScope()) {
            opencv_imgproc.rectangle(
                    mat,
                    point(x, y),
                    point(x + width - 1, y + height - 1),
                    scalar(colour),
                    opencv_imgproc.FILLED,
                    opencv_imgproc.LINE_8,
                    0);
        }
    }

    /** A disc, or a ring where {@code thickness} is more than 0. */
    void circle(double x, double y, int radius, Colour colour, int thickness) {
        int drawn = thickness > 0 ? thickness : opencv_imgproc.FILLED;
        try (var scope = new PointerScope()) {
            opencv_imgproc.circle(mat, point(x, y), radius, scalar(colour), drawn, SMOOTH, 0);
        }
    }

    /** Text whose letters start at x and stand on the line y. */
    void text(String text, int x, int y, double scale, Colour colour) {
        try (var scope = new PointerScope()) {
            opencv_imgproc.putText(
                    mat, ascii(text), point(x, y), FONT, scale, scalar(colour), weight(scale), SMOOTH, false);
        }
    }

    /** The room that text takes: its width, and its height from below the line to the top of its capitals. */
    static Size textSize(String text, double scale) {
        try (var scope = new PointerScope();
                var below = new IntPointer(1)) {
            var size = opencv_imgproc.getTextSize(ascii(text), FONT, scale, weight(scale), below);
            // Smoothing takes half a pixel more on each side.
            return new Size(size.height() + below.get() + 1, size.width() + 1);
        }
    }

    /** The thickness of the strokes. */
    private static int weight(double scale) {
        return scale < 0.8 ? 1 : 2;
    }

    /** How far letters such as g reach below the line, in pixels. */
    static int descent(double scale) {
        return (int) Math.ceil(7 * scale);
    }

    /** Text cut to a width in pixels, with two points at its end where something is missing. */
    static String fit(String text, double scale, int width) {
        if (textSize(text, scale).width() <= width) {
            return text;
        }
        int length = Math.max(0, text.length() - 1);
        while (length > 0
                && textSize(text.substring(0, length).strip() + "..", scale).width() > width) {
            length--;
        }
        return length == 0 ? "" : text.substring(0, length).strip() + "..";
    }

    /** The letters that Hershey fonts have. */
    static String ascii(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}", "");
        return plain.replaceAll("[^ -~]", "?");
    }

    /** An image in another size: averaged where it shrinks, in sharp squares where it grows by a whole factor. */
    static Image resized(Image image, Size size) {
        if (image.size().equals(size)) {
            return image.toRgb();
        }
        boolean whole = size.width() % image.width() == 0 && size.height() % image.height() == 0;
        int grown = whole ? opencv_imgproc.INTER_NEAREST : opencv_imgproc.INTER_LINEAR;
        int how = size.area() < image.size().area() ? opencv_imgproc.INTER_AREA : grown;
        try (var from = new Canvas(image);
                var to = new Canvas(Image.filled(size.width(), size.height(), 0, 0, 0));
                var wanted = new org.bytedeco.opencv.opencv_core.Size(size.width(), size.height())) {
            opencv_imgproc.resize(from.mat, to.mat, wanted, 0, 0, how);
            return to.image();
        }
    }

    private static Point point(double x, double y) {
        return new Point((int) Math.round(x), (int) Math.round(y));
    }

    private static Scalar scalar(Colour colour) {
        return new Scalar(colour.red(), colour.green(), colour.blue(), 0);
    }

    @Override
    public void close() {
        mat.close();
    }
}
