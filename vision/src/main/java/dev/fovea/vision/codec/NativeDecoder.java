package dev.fovea.vision.codec;

import static org.bytedeco.opencv.global.opencv_core.CV_8UC1;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_COLOR_RGB;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_GRAYSCALE;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_IGNORE_ORIENTATION;
import static org.bytedeco.opencv.global.opencv_imgcodecs.IMREAD_REDUCED_GRAYSCALE_2;
import static org.bytedeco.opencv.global.opencv_imgcodecs.imdecode;

import dev.fovea.vision.Image;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.opencv_core.Mat;

/** OpenCV's decoders: verified bytes in, stored pixels out, all native memory freed before the call returns. */
final class NativeDecoder {
    private NativeDecoder() {}

    /**
     * Decodes a file whose structure was verified.
     *
     * @param reduction 1, or 2, 4, 8 to decode a JPEG at that fraction of its size, rounded up
     */
    static Image decode(Bytes bytes, ImageHeader header, int reduction) throws ImageFormatException {
        boolean grey = header.channels() == 1;
        // The reduced flags are 16, 32, 64, plus 1 for colour; they cannot be joined with the one for RGB order.
        boolean bgr = !grey && reduction > 1;
        int flags = IMREAD_IGNORE_ORIENTATION
                | (reduction == 1
                        ? grey ? IMREAD_GRAYSCALE : IMREAD_COLOR_RGB
                        : grey
                                ? IMREAD_REDUCED_GRAYSCALE_2 / 2 * reduction
                                : (IMREAD_REDUCED_GRAYSCALE_2 / 2 * reduction) | IMREAD_COLOR);
        try (var file = new BytePointer(bytes.data());
                var buffer = new Mat(1, bytes.length(), CV_8UC1, file);
                var decoded = imdecode(buffer, flags)) {
            if (decoded == null || decoded.empty()) {
                throw bytes.corrupt("its pixels cannot be decoded");
            }
            return copy(decoded, grey ? 1 : 3, bgr);
        } catch (RuntimeException e) {
            throw new ImageFormatException(
                    bytes.source(), "corrupt " + bytes.format() + ": its pixels cannot be decoded", e);
        }
    }

    private static Image copy(Mat decoded, int channels, boolean bgr) {
        int width = decoded.cols();
        int height = decoded.rows();
        byte[] pixels = new byte[Math.multiplyExact(Math.multiplyExact(width, height), channels)];
        if (decoded.channels() != channels || !decoded.isContinuous()) {
            throw new IllegalStateException("decoder gave " + decoded.channels() + " channels for " + channels);
        }
        decoded.data().get(pixels);
        if (bgr) {
            for (int i = 0; i < pixels.length; i += 3) {
                byte blue = pixels[i];
                pixels[i] = pixels[i + 2];
                pixels[i + 2] = blue;
            }
        }
        return Image.wrap(width, height, channels, pixels);
    }
}
