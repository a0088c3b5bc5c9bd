package dev.fovea.nn.optim;

import dev.fovea.nn.Parameter;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.TensorLists;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Limits gradients before a step. Parameters without gradient are left out. */
public final class GradientClip {
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

    private static List<Tensor> gradients(Collection<Parameter> parameters) {
        var gradients = new ArrayList<Tensor>();
        parameters.forEach(p -> p.value().grad().ifPresent(gradients::add));
        return gradients;
    }
}
