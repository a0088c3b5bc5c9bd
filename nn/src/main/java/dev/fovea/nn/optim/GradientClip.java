package dev.fovea.nn.optim;

import dev.fovea.nn.Parameter;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.TensorLists;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.LongStream;

/** Limits gradients before a step. Parameters without gradient are left out. */
public final class GradientClip {
    private static final double LEAST_WEIGHT_NORM = 1e-3;
    private static final double LEAST_GRADIENT_NORM = 1e-6;

    private GradientClip() {}

    /**
     * Scales all gradients by one factor so that their common Euclidean norm is at most {@code maxNorm} (Pascanu et al. 2013).
     *
     * @param maxNorm may be infinite, to measure only
     * @return the norm before; not finite if a gradient is not, and all gradients are then useless
     */
    public static double byNorm(Collection<Parameter> parameters, double maxNorm) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("the largest gradient norm must be above 0; got " + maxNorm);
        }
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var gradients = gradients(parameters);
            if (gradients.isEmpty()) {
                return 0;
            }
            var norms = TensorLists.norms(gradients, 2).stream()
                    .map(n -> n.to(DType.FLOAT32))
                    .toList();
            var total = Tensor.stack(norms, 0).square().sum().sqrt();
            // The reference's 1e-6 keeps the factor finite where all gradients are 0.
            var factor = total.add(1e-6).reciprocal().mul(maxNorm).clamp(0, 1);
            if (maxNorm < Double.POSITIVE_INFINITY) {
                TensorLists.mulInPlace(gradients, factor);
            }
            return total.item();
        }
    }

    /** Cuts every value of every gradient to {@code -limit .. limit}. */
    public static void byValue(Collection<Parameter> parameters, double limit) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException("the largest gradient value must be above 0; got " + limit);
        }
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            TensorLists.clampInPlace(gradients(parameters), -limit, limit);
        }
    }

    /**
     * Adaptive gradient clipping (Brock et al. 2021, arXiv 2102.06171): scales the gradient of each unit so that its norm is at most
     * {@code limit} times that of the unit's weights, which counts as at least 0.001. A unit is what makes one output: a row of a matrix, a
     * filter of a convolution; biases, gains and single numbers are one unit as a whole. The authors leave the last layer out.
     *
     * @param limit 0.01 to 0.16 in the paper, less for larger batches
     */
    public static void adaptive(Collection<Parameter> parameters, double limit) {
        if (!(limit > 0)) {
            throw new IllegalArgumentException(
                    "adaptive clipping needs a ratio of gradients to weights above 0, such as 0.01; got " + limit);
        }
        try (var mode = Grad.off()) {
            for (var parameter : parameters) {
                try (var scope = Scope.open()) {
                    var weight = parameter.value();
                    weight.grad().ifPresent(gradient -> {
                        var largest =
                                unitNorms(weight).clampMin(LEAST_WEIGHT_NORM).mul(limit);
                        var factor = largest.div(unitNorms(gradient).clampMin(LEAST_GRADIENT_NORM));
                        gradient.mulInPlace(factor.clampMax(1).to(gradient.dtype()));
                    });
                }
            }
        }
    }

    /** The Euclidean norm of each unit, float32, in a shape that goes with the tensor's. */
    private static Tensor unitNorms(Tensor tensor) {
        var values = tensor.to(DType.FLOAT32);
        int rank = tensor.rank();
        long longSides =
                Arrays.stream(tensor.shape().toArray()).filter(n -> n > 1).count();
        if (longSides <= 1) {
            return values.square().sum().sqrt();
        }
        return values.norm(2, true, LongStream.range(1, rank).toArray());
    }

    private static List<Tensor> gradients(Collection<Parameter> parameters) {
        var gradients = new ArrayList<Tensor>();
        parameters.forEach(p -> p.value().grad().ifPresent(gradients::add));
        return gradients;
    }
}
