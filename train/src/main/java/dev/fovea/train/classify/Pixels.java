package dev.fovea.train.classify;

import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.transform.Normalize;
import java.util.List;

/** What normalised pictures were before: values 0-1. */
final class Pixels {
    private Pixels() {}

    /** Normalised pictures {@code [N, C, H, W]} as values 0-1. */
    static Tensor of(Tensor normalised, Normalize normalize) {
        try (var mode = Grad.off()) {
            return normalised
                    .mul(perChannel(normalize.std(), normalised))
                    .add(perChannel(normalize.mean(), normalised))
                    .clamp(0, 1);
        }
    }

    /** Pictures of values 0-1, {@code [N, C, H, W]}, as a network with that normalisation expects them. */
    static Tensor normalised(Tensor pixels, Normalize normalize) {
        try (var mode = Grad.off()) {
            return pixels.sub(perChannel(normalize.mean(), pixels)).div(perChannel(normalize.std(), pixels));
        }
    }

    private static Tensor perChannel(List<Float> values, Tensor like) {
        var array = new float[values.size()];
        for (int c = 0; c < array.length; c++) {
            array[c] = values.get(c);
        }
        return Tensor.of(array, 1, array.length, 1, 1).to(like.device());
    }
}
