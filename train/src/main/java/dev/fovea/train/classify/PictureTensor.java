package dev.fovea.train.classify;

import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Image;
import dev.fovea.vision.transform.Preprocessing;
import java.util.List;

/** Images on their way into a network. */
final class PictureTensor {
    private PictureTensor() {}

    /** Images of the network's input size as {@code [N, C, H, W]}, normalised, channels-last, on the CPU. */
    static Tensor of(List<Image> images, Preprocessing preprocessing) {
        var size = preprocessing.size();
        int n = images.size();
        var tensor = Tensor.zeros(n, preprocessing.channels(), size.height(), size.width());
        var floats = tensor.asByteBuffer().asFloatBuffer();
        int length = floats.capacity() / n;
        for (int i = 0; i < n; i++) {
            preprocessing.normalize().apply(images.get(i), floats, i * length);
        }
        return tensor.channelsLast();
    }
}
