package dev.fovea.nn.loss;

import dev.fovea.tensor.Tensor;

/** How far predictions are from targets. */
@FunctionalInterface
public interface Loss {
    /** The loss as a scalar (or one value per element, where the reduction says so). */
    Tensor compute(Tensor prediction, Tensor target);
}
