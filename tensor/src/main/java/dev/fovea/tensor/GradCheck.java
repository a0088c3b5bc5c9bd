package dev.fovea.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * Compares gradients with differences: a function's gradients by autograd against {@code (f(x + h) - f(x - h)) / 2h} for every
 * element of every input. For tests of anything that is differentiated; functions must be deterministic and smooth near the
 * inputs, and are called twice per element, so keep inputs small.
 */
public final class GradCheck {
    private static final double STEP = 1e-6;

    private final double relative;
    private final double absolute;

    private GradCheck(double relative, double absolute) {
        this.relative = relative;
        this.absolute = absolute;
    }

    /** Tolerances that suit float64: 1e-4 relative, 1e-6 absolute. */
    public static GradCheck standard() {
        return new GradCheck(1e-4, 1e-6);
    }

    /** Other tolerances: a difference may be {@code absolute + relative |numeric|}. */
    public GradCheck tolerance(double newRelative, double newAbsolute) {
        return new GradCheck(newRelative, newAbsolute);
    }

    /**
     * Checks a function.
     *
     * @param function gives a tensor of any shape; a weighted sum of its elements is what is differentiated
     * @param inputs float64 tensors; they are copied
     * @throws AssertionError that names input, element and both gradients at the first disagreement
     */
    public void check(Function<List<Tensor>, Tensor> function, Tensor... inputs) {
        try (var scope = Scope.open();
                var mode = Grad.on()) {
            var leaves = new ArrayList<Tensor>();
            for (var input : inputs) {
                if (input.dtype() != DType.FLOAT64) {
                    throw new IllegalArgumentException("grad_check: expected float64 inputs, got " + input.describe()
                            + "; differences need the digits");
                }
                leaves.add(input.detach().copy().contiguous().requiresGrad(true));
            }
            var gradients = Grad.of(weightedSum(function.apply(leaves)), leaves, false);
            for (int i = 0; i < leaves.size(); i++) {
                compare(i, function, leaves, gradients.get(i).toDoubleArray());
            }
        }
    }

    private void compare(int place, Function<List<Tensor>, Tensor> function, List<Tensor> leaves, double[] analytic) {
        try (var mode = Grad.off()) {
            var memory = leaves.get(place).asByteBuffer().asDoubleBuffer();
            for (int e = 0; e < analytic.length; e++) {
                double before = memory.get(e);
                memory.put(e, before + STEP);
                double above = value(function, leaves);
                memory.put(e, before - STEP);
                double below = value(function, leaves);
                memory.put(e, before);
                double numeric = (above - below) / (2 * STEP);
                // A comparison that is false for NaN, so that NaN fails.
                if (!(Math.abs(numeric - analytic[e]) <= absolute + relative * Math.abs(numeric))) {
                    throw new AssertionError(String.format(
                            Locale.ROOT,
                            "gradient of input %d %s at element %d: autograd %.9g, differences %.9g",
                            place,
                            leaves.get(place).shape(),
                            e,
                            analytic[e],
                            numeric));
                }
            }
        }
    }

    private static double value(Function<List<Tensor>, Tensor> function, List<Tensor> leaves) {
        try (var scope = Scope.open()) {
            return weightedSum(function.apply(leaves)).item();
        }
    }

    /** Different weights, so that errors of elements cannot cancel (the sum of a normalised tensor is constant). */
    private static Tensor weightedSum(Tensor result) {
        var weights = Tensor.arange(0, (double) result.numel(), 1, DType.FLOAT64, Device.CPU)
                .mul(0.7)
                .sin()
                .add(0.3)
                .reshape(result.shape().toArray());
        return result.mul(weights).sum();
    }
}
