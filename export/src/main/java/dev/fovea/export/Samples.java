package dev.fovea.export;

import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.util.Random;

/** Inputs to record and to compare with: noise that is the same every time. */
final class Samples {
    private Samples() {}

    /** Normal noise, which normalised pictures resemble in size; float32. */
    static Tensor image(long seed, long... shape) {
        var random = new Random(seed);
        var values = new float[Math.toIntExact(Shape.of(shape).numel())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return Tensor.of(values, shape);
    }
}
