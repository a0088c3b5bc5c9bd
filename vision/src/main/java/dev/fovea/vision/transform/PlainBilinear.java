package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.opencv.global.opencv_core;
import org.bytedeco.opencv.global.opencv_imgproc;
import org.bytedeco.opencv.opencv_core.Mat;

/** OpenCV's bilinear filter, which looks at four pixels however much a picture shrinks: what detectors of its users were trained with. */
final class PlainBilinear {
    private PlainBilinear() {}

    static Image resize(Image image, Size wanted) {
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
