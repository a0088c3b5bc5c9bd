package dev.fovea.nn.layer;

import dev.fovea.nn.Init;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;

/** The values that layers start from where an architecture says nothing else, drawn as PyTorch draws them. */
final class DefaultInit {
    private DefaultInit() {}

    /** Uniform in {@code ±1 / sqrt(fanIn)}. */
    static Tensor uniform(long fanIn, long... shape) {
        double bound = fanIn == 0 ? 0 : 1 / Math.sqrt((double) fanIn);
        return uniform(bound, shape);
    }

    /** Uniform in ± sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio 2010). */
    static Tensor xavierUniform(long fanIn, long fanOut, long... shape) {
        double bound = Math.sqrt(6.0 / (double) (fanIn + fanOut));
        return uniform(bound, shape);
    }

    private static Tensor uniform(double bound, long... shape) {
        var values = Tensor.empty(DType.FLOAT32, Device.CPU, shape);
        return Init.isOn() ? values.uniformInPlace(-bound, bound) : values;
    }
}
