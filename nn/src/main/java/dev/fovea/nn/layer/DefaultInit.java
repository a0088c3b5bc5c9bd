package dev.fovea.nn.layer;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;

/** The values that layers start from where an architecture says nothing else, as in PyTorch. */
final class DefaultInit {
    private DefaultInit() {}

    /** Uniform in {@code ±1 / sqrt(fanIn)}. */
    static Tensor uniform(long fanIn, long... shape) {
        double bound = 1 / Math.sqrt((double) fanIn);
        return Tensor.rand(DType.FLOAT32, Device.CPU, shape).sub(0.5).mul(2 * bound);
    }
}
