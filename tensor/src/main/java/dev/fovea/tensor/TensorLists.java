package dev.fovea.tensor;

import java.util.Arrays;
import java.util.List;
import org.bytedeco.pytorch.Scalar;

/**
 * Work on many tensors in one call: what optimisers are made of. Parameters, gradients and state are lists of equal length whose
 * tensors correspond. Everything happens on the tensors' own memory, outside gradients and recorders; on a CPU or GPU that
 * has such kernels, all tensors are worked on at once.
 */
public final class TensorLists {
    static {
        Natives.ensureLoaded();
    }

    private TensorLists() {}

    /**
     * One step of stochastic gradient descent in one pass over memory: {@code buffer = momentum buffer + (1 - dampening) (gradient +
     * weightDecay parameter)}, {@code parameter -= lr buffer}.
     *
     * @param momentumBuffers as many as parameters, or empty when {@code momentum} is 0
     * @param isFirstStep whether the buffers hold nothing yet; they then start as the gradient itself
     */
    public static void fusedSgd(
            List<Tensor> params,
            List<Tensor> grads,
            List<Tensor> momentumBuffers,
            double lr,
            double momentum,
            double dampening,
            double weightDecay,
            boolean nesterov,
            boolean maximize,
            boolean isFirstStep) {
        sameLength("fused_sgd", params, grads);
        if (!momentumBuffers.isEmpty() || momentum != 0) {
            sameLength("fused_sgd momentum buffers", params, momentumBuffers);
        }
        call(
                "_fused_sgd_",
                "",
                params,
                grads,
                momentumBuffers,
                weightDecay,
                momentum,
                lr,
                dampening,
                nesterov,
                maximize,
                isFirstStep,
                null,
                null);
    }

    /**
     * One step of Adam (Kingma and Ba 2015) in one pass over memory; weight decay is added to the gradient.
     *
     * @param maxExpAvgSqs empty unless {@code amsgrad}
     * @param steps one scalar float32 tensor per parameter, counted up by this call before use
     */
    public static void fusedAdam(
            List<Tensor> params,
            List<Tensor> grads,
            List<Tensor> expAvgs,
            List<Tensor> expAvgSqs,
            List<Tensor> maxExpAvgSqs,
            List<Tensor> steps,
            double lr,
            double beta1,
            double beta2,
            double weightDecay,
            double eps,
            boolean amsgrad,
            boolean maximize) {
        adam(
                "_fused_adam_",
                params,
                grads,
                expAvgs,
                expAvgSqs,
                maxExpAvgSqs,
                steps,
                lr,
                beta1,
                beta2,
                weightDecay,
                eps,
                amsgrad,
                maximize);
    }

    /** {@link #fusedAdam} with decoupled weight decay (Loshchilov and Hutter 2019): {@code parameter *= 1 - lr weightDecay}. */
    public static void fusedAdamW(
            List<Tensor> params,
            List<Tensor> grads,
            List<Tensor> expAvgs,
            List<Tensor> expAvgSqs,
            List<Tensor> maxExpAvgSqs,
            List<Tensor> steps,
            double lr,
            double beta1,
            double beta2,
            double weightDecay,
            double eps,
            boolean amsgrad,
            boolean maximize) {
        adam(
                "_fused_adamw_",
                params,
                grads,
                expAvgs,
                expAvgSqs,
                maxExpAvgSqs,
                steps,
                lr,
                beta1,
                beta2,
                weightDecay,
                eps,
                amsgrad,
                maximize);
    }

    private static void adam(
            String name,
            List<Tensor> params,
            List<Tensor> grads,
            List<Tensor> expAvgs,
            List<Tensor> expAvgSqs,
            List<Tensor> maxExpAvgSqs,
            List<Tensor> steps,
            double lr,
            double beta1,
            double beta2,
            double weightDecay,
            double eps,
            boolean amsgrad,
            boolean maximize) {
        sameLength(name, params, grads, expAvgs, expAvgSqs, steps);
        if (amsgrad) {
            sameLength(name, params, maxExpAvgSqs);
        }
        // The kernel takes the steps as they are after counting.
        addInPlace(steps, 1);
        call(
                name,
                "",
                params,
                grads,
                expAvgs,
                expAvgSqs,
                maxExpAvgSqs,
                steps,
                lr,
                beta1,
                beta2,
                weightDecay,
                eps,
                amsgrad,
                maximize,
                null,
                null);
    }

    /** {@code target += scale * other}. */
    public static void addInPlace(List<Tensor> targets, double scale, List<Tensor> others) {
        sameLength("add", targets, others);
        callWithScalar("_foreach_add_", "List", scale, targets, others);
    }

    /** {@code target += value}. */
    public static void addInPlace(List<Tensor> targets, double value) {
        callWithScalar("_foreach_add_", "Scalar", value, targets);
    }

    /** {@code target *= value}. */
    public static void mulInPlace(List<Tensor> targets, double value) {
        callWithScalar("_foreach_mul_", "Scalar", value, targets);
    }

    /** {@code target *= factor}, with one factor tensor (a scalar) for all; nothing waits for the device. */
    public static void mulInPlace(List<Tensor> targets, Tensor factor) {
        call("_foreach_mul_", "Tensor", targets, factor);
    }

    /** {@code target *= other}. */
    public static void mulInPlace(List<Tensor> targets, List<Tensor> others) {
        sameLength("mul", targets, others);
        call("_foreach_mul_", "List", targets, others);
    }

    /** {@code target /= other}. */
    public static void divInPlace(List<Tensor> targets, List<Tensor> others) {
        sameLength("div", targets, others);
        call("_foreach_div_", "List", targets, others);
    }

    /** {@code target = sqrt(target)}. */
    public static void sqrtInPlace(List<Tensor> targets) {
        call("_foreach_sqrt_", "", targets);
    }

    /** {@code target = min(max(target, low), high)}. */
    public static void clampInPlace(List<Tensor> targets, double low, double high) {
        callWithScalar("_foreach_clamp_min_", "Scalar", low, targets);
        callWithScalar("_foreach_clamp_max_", "Scalar", high, targets);
    }

    /** {@code target = max(target, other)}. */
    public static void maximumInPlace(List<Tensor> targets, List<Tensor> others) {
        sameLength("maximum", targets, others);
        call("_foreach_maximum_", "List", targets, others);
    }

    /** {@code target += weight * (end - target)}. */
    public static void lerpInPlace(List<Tensor> targets, List<Tensor> ends, double weight) {
        sameLength("lerp", targets, ends);
        callWithScalar("_foreach_lerp_", "Scalar", weight, targets, ends);
    }

    /** {@code target += scale * a * b}. */
    public static void addcmulInPlace(List<Tensor> targets, List<Tensor> a, List<Tensor> b, double scale) {
        sameLength("addcmul", targets, a, b);
        callWithScalar("_foreach_addcmul_", "Scalar", scale, targets, a, b);
    }

    /** {@code target += scale * a / b}. */
    public static void addcdivInPlace(List<Tensor> targets, List<Tensor> a, List<Tensor> b, double scale) {
        sameLength("addcdiv", targets, a, b);
        callWithScalar("_foreach_addcdiv_", "Scalar", scale, targets, a, b);
    }

    /** Overwrites targets with the values of sources, converted to the targets' types. */
    public static void copy(List<Tensor> targets, List<Tensor> sources) {
        sameLength("copy", targets, sources);
        call("_foreach_copy_", "", targets, sources, false);
    }

    /** Fills with 0. */
    public static void zero(List<Tensor> targets) {
        call("_foreach_zero_", "", targets);
    }

    /** The square roots, as new tensors. */
    public static List<Tensor> sqrt(List<Tensor> tensors) {
        if (tensors.isEmpty()) {
            return List.of();
        }
        try (var mode = Grad.off()) {
            return Op.silentlyMany("sqrt", () -> Boxed.callForList("aten::_foreach_sqrt", "", tensors), tensors.get(0));
        }
    }

    /** The p-norm of each tensor, as scalars; {@code p} may be infinite. */
    public static List<Tensor> norms(List<Tensor> tensors, double p) {
        if (tensors.isEmpty()) {
            return List.of();
        }
        try (var mode = Grad.off()) {
            return Op.silentlyMany(
                    "norms",
                    () -> Boxed.callForList("aten::_foreach_norm", "Scalar", tensors, new Scalar(p), null),
                    tensors.get(0));
        }
    }

    private static void callWithScalar(String name, String overload, double scalar, Object... lists) {
        var arguments = Arrays.copyOf(lists, lists.length + 1);
        try (var number = new Scalar(scalar)) {
            arguments[lists.length] = number;
            call(name, overload, arguments);
        }
    }

    private static void call(String name, String overload, Object... arguments) {
        if (((List<?>) arguments[0]).isEmpty()) {
            return;
        }
        try (var mode = Grad.off()) {
            Op.runSilently(name, () -> Boxed.call("aten::" + name, overload, arguments));
        } catch (TensorException e) {
            throw new TensorException(e.getMessage() + firstMismatch(arguments), e);
        }
    }

    /** Where lists first disagree, for a message that names the tensor among hundreds. */
    private static String firstMismatch(Object... arguments) {
        var first = (List<?>) arguments[0];
        for (Object argument : arguments) {
            for (int i = 0; argument instanceof List<?> list && i < Math.min(list.size(), first.size()); i++) {
                var a = (Tensor) first.get(i);
                var b = (Tensor) list.get(i);
                if (b.rank() > 0 && !a.shape().equals(b.shape())) {
                    return "tensors number " + i + " are " + a.describe() + " and " + b.describe();
                }
            }
        }
        return "lists of " + first.size() + " tensors, the first " + ((Tensor) first.get(0)).describe();
    }

    @SafeVarargs
    private static void sameLength(String operation, List<Tensor> first, List<Tensor>... others) {
        for (var other : others) {
            if (other.size() != first.size()) {
                throw new TensorException(operation + ": expected lists of equal length, got " + first.size() + " and "
                        + other.size() + " tensors");
            }
        }
    }
}
