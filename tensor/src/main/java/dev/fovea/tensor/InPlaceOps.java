package dev.fovea.tensor;

import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.global.torch;

/**
 * Work on a tensor's own memory that saves an allocation: activations whose gradient needs only their result, and random values.
 * Activations give the new values under a new handle; the old handle must not be used any more.
 */
abstract sealed class InPlaceOps extends ActivationOps permits ReductionOps {
    InPlaceOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** {@link #relu6} on this tensor's own memory. */
    public final Tensor relu6InPlace() {
        return Op.run("clamp", Attributes.of("min", 0.0, "max", 6.0), () -> Op.handle(torch.relu6_(raw())), self());
    }

    /** {@link #leakyRelu} on this tensor's own memory; for gradients the slope must be positive. */
    public final Tensor leakyReluInPlace(double slope) {
        return Op.run(
                "leaky_relu",
                Attributes.of("slope", slope),
                () -> Op.handle(torch.leaky_relu_(raw(), new Scalar(slope))),
                self());
    }

    /** {@link #silu} on this tensor's own memory. */
    public final Tensor siluInPlace() {
        return Op.run("silu", Attributes.NONE, () -> Op.handle(torch.silu_(raw())), self());
    }

    /** {@link #hardswish} on this tensor's own memory. */
    public final Tensor hardswishInPlace() {
        return Op.run("hardswish", Attributes.NONE, () -> Op.handle(torch.hardswish_(raw())), self());
    }

    /** {@link #hardsigmoid} on this tensor's own memory. */
    public final Tensor hardsigmoidInPlace() {
        return Op.run("hardsigmoid", Attributes.NONE, () -> Op.handle(torch.hardsigmoid_(raw())), self());
    }

    /** Adds a number to this tensor's own memory. */
    public final Tensor addInPlace(double value) {
        Op.runSilently("add_", () -> raw().add_(number(value)), self());
        return self();
    }

    /** Overwrites this tensor with uniform random numbers in [{@code low}, {@code high}), drawn as PyTorch draws them. */
    public final Tensor uniformInPlace(double low, double high) {
        Op.runSilently("uniform_", () -> raw().uniform_(low, high, new GeneratorOptional()), self());
        return self();
    }

    /** Overwrites this tensor with normal random numbers, drawn as PyTorch draws them. */
    public final Tensor normalInPlace(double mean, double std) {
        Op.runSilently("normal_", () -> raw().normal_(mean, std, new GeneratorOptional()), self());
        return self();
    }

    /** Overwrites this tensor with 1 (of the given probability) or 0, drawn as PyTorch draws them. */
    public final Tensor bernoulliInPlace(double probability) {
        Op.runSilently("bernoulli_", () -> raw().bernoulli_(probability, new GeneratorOptional()), self());
        return self();
    }

    /** Multiplies this tensor's own memory by another, with broadcasting of the other. */
    public final Tensor mulInPlace(Tensor other) {
        return Op.run("mul", Attributes.NONE, () -> Op.handle(raw().mul_(other.raw())), self(), other);
    }

    /** Cuts this tensor's own values to {@code [low, high]}. */
    public final Tensor clampInPlace(double low, double high) {
        Op.runSilently(
                "clamp_",
                () -> torch.clamp_(raw(), new ScalarOptional(number(low)), new ScalarOptional(number(high))),
                self());
        return self();
    }
}
