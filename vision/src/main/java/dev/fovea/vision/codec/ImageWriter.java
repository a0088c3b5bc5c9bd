package dev.fovea.vision.codec;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMWRITE_JPEG_QUALITY;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imencode;

import dev.fovea.vision.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** Writes pictures as PNG (exact) or JPEG (lossy). Files appear whole under their name or not at all. */
public final class ImageWriter {
    /** The JPEG quality where none is given, 0-100. */
    public static final int DEFAULT_QUALITY = 90;

    private ImageWriter() {}

    /** The bytes of a PNG file: RGB or grey, 8 bits. */
    public static byte[] png(Image image) {
        return encode(image, ".png", new int[0]);
    }

    /** The bytes of a JPEG file; {@code quality} 0-100. */
    public static byte[] jpeg(Image image, int quality) {
        if (quality < 0 || quality > 100) {
            throw new IllegalArgumentException("JPEG quality must be 0 to 100, got " + quality);
        }
        return encode(image, ".jpg", new int[] {IMWRITE_JPEG_QUALITY, quality});
    }

    /** Writes a file in the format of its ending: {@code .png}, or {@code .jpg} / {@code .jpeg} at {@link #DEFAULT_QUALITY}. */
    public static void write(Image image, Path file) throws IOException {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        if (name.endsWith(".png")) {
            writePng(image, file);
        } else if (name.endsWith(".jpg") || name.endsWith(".jpeg")) {
            writeJpeg(image, file, DEFAULT_QUALITY);
        } else {
            throw new IllegalArgumentException("cannot write " + file + ": the name must end in .png, .jpg or .jpeg");
        }
    }

    public static void writePng(Image image, Path file) throws IOException {
        WholeFile.write(file, png(image));
    }

    /** Writes a JPEG file; {@code quality} 0-100. */
    public static void writeJpeg(Image image, Path file, int quality) throws IOException {
        WholeFile.write(file, jpeg(image, quality));
    }

    private static byte[] encode(Image image, String ending, int[] options) {
        byte[] pixels = image.channels() == 3 ? bgr(image.pixels()) : image.pixels();
        try (var data = new BytePointer(pixels);
                var mat = new Mat(image.height(), image.width(), CV_8UC(image.channels()), data);
                var encoded = new BytePointer();
                var parameters = new IntPointer(options)) {
            if (!imencode(ending, mat, encoded, parameters)) {
                throw new IllegalStateException("cannot encode " + image + " as " + ending);
            }
            byte[] file = new byte[Math.toIntExact(encoded.limit())];
            encoded.get(file);
            return file;
        }
    }

    private static byte[] bgr(byte[] rgb) {
        byte[] bgr = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i += 3) {
            bgr[i] = rgb[i + 2];
            bgr[i + 1] = rgb[i + 1];
            bgr[i + 2] = rgb[i];
        }
        return bgr;
    }
}
