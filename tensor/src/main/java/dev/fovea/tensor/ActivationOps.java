package dev.fovea.tensor;

import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.global.torch;

/** Element by element: activations, limits, choice, and work on a tensor's own memory. */
abstract sealed class ActivationOps extends ElementwiseOps permits InPlaceOps {
    ActivationOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    private Tensor unary(String name, Op.Kernel kernel) {
        return Op.run(name, Attributes.NONE, kernel, self());
    }

    private Tensor binary(String name, Tensor other, Op.Kernel kernel) {
        return Op.run(name, Attributes.NONE, kernel, self(), other);
    }

    /** max(0, x). */
    public final Tensor relu() {
        return unary("relu", () -> torch.relu(raw()));
    }

    /** 1 / (1 + e^-x). */
    public final Tensor sigmoid() {
        return unary("sigmoid", () -> torch.sigmoid(raw()));
    }

    /** The hyperbolic tangent. */
    public final Tensor tanh() {
        return unary("tanh", () -> torch.tanh(raw()));
    }

    /** x sigmoid(x) (Elfwing et al. 2017); also called swish. */
    public final Tensor silu() {
        return unary("silu", () -> torch.silu(raw()));
    }

    /** x relu6(x + 3) / 6 (Howard et al. 2019). */
    public final Tensor hardswish() {
        return unary("hardswish", () -> torch.hardswish(raw()));
    }

    /** relu6(x + 3) / 6. */
    public final Tensor hardsigmoid() {
        return unary("hardsigmoid", () -> torch.hardsigmoid(raw()));
    }

    /** ln(1 + e^x). */
    public final Tensor softplus() {
        return unary("softplus", () -> torch.softplus(raw()));
    }

    /** x tanh(softplus(x)) (Misra 2019). */
    public final Tensor mish() {
        return unary("mish", () -> torch.mish(raw()));
    }

    /** ln(sigmoid(x)), without overflow. */
    public final Tensor logSigmoid() {
        return unary("log_sigmoid", () -> torch.log_sigmoid(raw()));
    }

    /** {@link #relu} on this tensor's own memory; this handle's old values are gone. */
    public final Tensor reluInPlace() {
        return unary("relu", () -> Op.handle(torch.relu_(raw())));
    }

    /** min(max(0, x), 6); unlike {@link #clamp}, without a gradient at 0 and 6. */
    public final Tensor relu6() {
        return Op.run("clamp", Attributes.of("min", 0.0, "max", 6.0), () -> torch.relu6(raw()), self());
    }

    /**
     * x where positive, else a learned slope times x (He et al. 2015).
     *
     * @param slopes one for all channels {@code [1]}, or one for each channel of {@code [N, C, ...]}
     */
    public final Tensor prelu(Tensor slopes) {
        return Op.run("prelu", Attributes.NONE, () -> torch.prelu(raw(), slopes.raw()), self(), slopes);
    }

    /** x where positive, else {@code slope} x. */
    public final Tensor leakyRelu(double slope) {
        return Op.run(
                "leaky_relu", Attributes.of("slope", slope), () -> torch.leaky_relu(raw(), new Scalar(slope)), self());
    }

    /** x where positive, else {@code alpha} (e^x - 1). */
    public final Tensor elu(double alpha) {
        return Op.run(
                "elu",
                Attributes.of("alpha", alpha),
                () -> torch.elu(raw(), new Scalar(alpha), new Scalar(1.0), new Scalar(1.0)),
                self());
    }

    /** x Phi(x) with the exact error function (Hendrycks and Gimpel 2016). */
    public final Tensor gelu() {
        return Op.run("gelu", Attributes.of("approximate", "none"), () -> torch.gelu(raw(), "none"), self());
    }

    /** {@link #gelu} in its approximation by tanh. */
    public final Tensor geluTanh() {
        return Op.run("gelu", Attributes.of("approximate", "tanh"), () -> torch.gelu(raw(), "tanh"), self());
    }

    /** Values cut to {@code [low, high]}. */
    public final Tensor clamp(double low, double high) {
        return Op.run(
                "clamp",
                Attributes.of("min", low, "max", high),
                () -> torch.clamp(raw(), new ScalarOptional(number(low)), new ScalarOptional(number(high))),
                self());
    }

    /** Values raised to at least {@code low}. */
    public final Tensor clampMin(double low) {
        return Op.run("clamp", Attributes.of("min", low), () -> torch.clamp_min(raw(), number(low)), self());
    }

    /** Values cut to at most {@code high}. */
    public final Tensor clampMax(double high) {
        return Op.run("clamp", Attributes.of("max", high), () -> torch.clamp_max(raw(), number(high)), self());
    }

    /** {@code this + weight (end - this)}. */
    public final Tensor lerp(Tensor end, double weight) {
        return Op.run(
                "lerp",
                Attributes.of("weight", weight),
                () -> torch.lerp(raw(), end.raw(), new Scalar(weight)),
                self(),
                end);
    }

    /** {@code other} where {@code condition} is false; this is where it is true. */
    public final Tensor where(Tensor condition, Tensor other) {
        return Op.run(
                "where",
                Attributes.NONE,
                () -> torch.where(condition.raw(), raw(), other.raw()),
                condition,
                self(),
                other);
    }

    /** A number where {@code mask} (bool) is true, else this. */
    public final Tensor maskedFill(Tensor mask, double value) {
        return Op.run(
                "masked_fill",
                Attributes.of("value", value),
                () -> torch.masked_fill(raw(), mask.raw(), number(value)),
                self(),
                mask);
    }

    /** Adds to this tensor's own memory; gives the same values under a new handle. */
    public final Tensor addInPlace(Tensor other) {
        return binary("add", other, () -> Op.handle(raw().add_(other.raw())));
    }

    /** Adds {@code scale * other} to this tensor's own memory. */
    public final Tensor addInPlace(Tensor other, double scale) {
        Op.runSilently("add_", () -> raw().add_(other.raw(), new Scalar(scale)), self(), other);
        return self();
    }

    /** Multiplies this tensor's own memory; gives the same values under a new handle. */
    public final Tensor mulInPlace(double value) {
        return scalar("mul", value, () -> Op.handle(raw().mul_(number(value))));
    }

    /** Overwrites this tensor's memory with other values, converted and broadcast as needed. */
    public final Tensor copyFrom(Tensor source) {
        Op.runSilently("copy_", () -> raw().copy_(source.raw()), self(), source);
        return self();
    }

    /** Overwrites this tensor's memory with one number. */
    public final Tensor fillInPlace(double value) {
        Op.runSilently("fill_", () -> raw().fill_(number(value)), self());
        return self();
    }

    /** max(0, x) + min(0, alpha (e^(x / alpha) - 1)) (Barron 2017). */
    public final Tensor celu(double alpha) {
        return Op.run("celu", Attributes.of("alpha", alpha), () -> torch.celu(raw(), new Scalar(alpha)), self());
    }

    /** The self-normalising exponential unit (Klambauer et al. 2017). */
    public final Tensor selu() {
        return unary("selu", () -> torch.selu(raw()));
    }

    /** The first half of a dimension times the sigmoid of the second (Dauphin et al. 2017). */
    public final Tensor glu(long dim) {
        return Op.run("glu", Attributes.of("dim", dim), () -> torch.glu(raw(), dim), self());
    }

    /** ln(1 + e^(beta x)) / beta, and x where beta x is over {@code threshold}. */
    public final Tensor softplus(double beta, double threshold) {
        return Op.run(
                "softplus",
                Attributes.of("beta", beta, "threshold", threshold),
                () -> torch.softplus(raw(), new Scalar(beta), new Scalar(threshold)),
                self());
    }

    /** ln(x / (1 - x)), with x cut to {@code [eps, 1 - eps]}. */
    public final Tensor logit(double eps) {
        return Op.run("logit", Attributes.of("eps", eps), () -> torch.logit(raw(), new DoubleOptional(eps)), self());
    }

    /** {@code this + weight (end - this)}, with one weight per element. */
    public final Tensor lerp(Tensor end, Tensor weight) {
        return Op.run("lerp", Attributes.NONE, () -> torch.lerp(raw(), end.raw(), weight.raw()), self(), end, weight);
    }
}
