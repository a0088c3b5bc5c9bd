package dev.fovea.nn.loss;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;

/** What losses do to their operands before they compute. */
final class Operands {
    private Operands() {}

    /** Half precision is too coarse for sums of logarithms. */
    static Tensor precise(Tensor prediction) {
        return prediction.dtype() == DType.FLOAT16 || prediction.dtype() == DType.BFLOAT16
                ? prediction.to(DType.FLOAT32)
                : prediction;
    }

    /** A constant that lives as long as the loss. */
    static Tensor constant(double... values) {
        return Scope.release(Tensor.of(values, values.length));
    }

    /** The constant (or null) where and in the type in which {@code like} is. */
    static Tensor beside(Tensor constant, Tensor like) {
        return constant == null ? null : constant.to(like.device()).to(like.dtype());
    }

    /** A target in the shape and type of the prediction. */
    static Tensor target(String loss, Tensor prediction, Tensor target) {
        if (!target.shape().equals(prediction.shape())) {
            throw new IllegalArgumentException(loss + ": expected a target of the prediction's shape "
                    + prediction.shape() + ", got " + target.shape() + "; reshape one of them");
        }
        return target.to(prediction.dtype());
    }
}
