package dev.fovea.tensor;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.global.torch;

/** Element by element: arithmetic with broadcasting, comparisons and functions. */
abstract sealed class ElementwiseOps extends TensorCore permits ActivationOps {
    ElementwiseOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    private Tensor unary(String name, Op.Kernel kernel) {
        return Op.run(name, Attributes.NONE, kernel, self());
    }

    private Tensor binary(String name, Tensor other, Op.Kernel kernel) {
        return Op.run(name, Attributes.NONE, kernel, self(), other);
    }

    final Tensor scalar(String name, double value, Op.Kernel kernel) {
        return Op.run(name, Attributes.of("value", value), kernel, self());
    }

    /** A number as libtorch takes it: integers stay integers so that integer tensors keep their type. */
    final Scalar number(double value) {
        // Infinities and numbers beyond long are whole too, but no longs.
        boolean whole = value == Math.rint(value) && Math.abs(value) < 0x1p63;
        return whole && !dtype().isFloating() ? new Scalar((long) value) : new Scalar(value);
    }

    /** Sum, with broadcasting. */
    public final Tensor add(Tensor other) {
        return binary("add", other, () -> torch.add(raw(), other.raw()));
    }

    /** Sum with a number. */
    public final Tensor add(double value) {
        return scalar("add", value, () -> torch.add(raw(), number(value)));
    }

    /** Difference, with broadcasting. */
    public final Tensor sub(Tensor other) {
        return binary("sub", other, () -> torch.sub(raw(), other.raw()));
    }

    /** Difference with a number. */
    public final Tensor sub(double value) {
        return scalar("sub", value, () -> torch.sub(raw(), number(value)));
    }

    /** Product, with broadcasting. */
    public final Tensor mul(Tensor other) {
        return binary("mul", other, () -> torch.mul(raw(), other.raw()));
    }

    /** Product with a number. */
    public final Tensor mul(double value) {
        return scalar("mul", value, () -> torch.mul(raw(), number(value)));
    }

    /** Quotient, with broadcasting. */
    public final Tensor div(Tensor other) {
        return binary("div", other, () -> torch.div(raw(), other.raw()));
    }

    /** Quotient with a number. */
    public final Tensor div(double value) {
        return scalar("div", value, () -> torch.div(raw(), number(value)));
    }

    /** This to the power of a number. */
    public final Tensor pow(double exponent) {
        return scalar("pow", exponent, () -> torch.pow(raw(), number(exponent)));
    }

    /** Power with a tensor of exponents. */
    public final Tensor pow(Tensor exponent) {
        return binary("pow", exponent, () -> torch.pow(raw(), exponent.raw()));
    }

    /** The remainder of a division, with the sign of the divisor. */
    public final Tensor remainder(double divisor) {
        return scalar("remainder", divisor, () -> torch.remainder(raw(), number(divisor)));
    }

    /** Where this is equal: bool. */
    public final Tensor eq(Tensor other) {
        return binary("eq", other, () -> torch.eq(raw(), other.raw()));
    }

    /** Where this is equal: bool. */
    public final Tensor eq(double value) {
        return scalar("eq", value, () -> torch.eq(raw(), number(value)));
    }

    /** Where this is different: bool. */
    public final Tensor ne(Tensor other) {
        return binary("ne", other, () -> torch.ne(raw(), other.raw()));
    }

    /** Where this is different: bool. */
    public final Tensor ne(double value) {
        return scalar("ne", value, () -> torch.ne(raw(), number(value)));
    }

    /** Where this is less: bool. */
    public final Tensor lt(Tensor other) {
        return binary("lt", other, () -> torch.lt(raw(), other.raw()));
    }

    /** Where this is less: bool. */
    public final Tensor lt(double value) {
        return scalar("lt", value, () -> torch.lt(raw(), number(value)));
    }

    /** Where this is less or equal: bool. */
    public final Tensor le(Tensor other) {
        return binary("le", other, () -> torch.le(raw(), other.raw()));
    }

    /** Where this is less or equal: bool. */
    public final Tensor le(double value) {
        return scalar("le", value, () -> torch.le(raw(), number(value)));
    }

    /** Where this is greater: bool. */
    public final Tensor gt(Tensor other) {
        return binary("gt", other, () -> torch.gt(raw(), other.raw()));
    }

    /** Where this is greater: bool. */
    public final Tensor gt(double value) {
        return scalar("gt", value, () -> torch.gt(raw(), number(value)));
    }

    /** Where this is greater or equal: bool. */
    public final Tensor ge(Tensor other) {
        return binary("ge", other, () -> torch.ge(raw(), other.raw()));
    }

    /** Where this is greater or equal: bool. */
    public final Tensor ge(double value) {
        return scalar("ge", value, () -> torch.ge(raw(), number(value)));
    }

    /** Both true: bool. */
    public final Tensor logicalAnd(Tensor other) {
        return binary("logical_and", other, () -> torch.logical_and(raw(), other.raw()));
    }

    /** Any of both true: bool. */
    public final Tensor logicalOr(Tensor other) {
        return binary("logical_or", other, () -> torch.logical_or(raw(), other.raw()));
    }

    /** Exactly one true: bool. */
    public final Tensor logicalXor(Tensor other) {
        return binary("logical_xor", other, () -> torch.logical_xor(raw(), other.raw()));
    }

    /** The larger of both, element by element, with broadcasting. */
    public final Tensor maximum(Tensor other) {
        return binary("maximum", other, () -> torch.maximum(raw(), other.raw()));
    }

    /** The smaller of both, element by element, with broadcasting. */
    public final Tensor minimum(Tensor other) {
        return binary("minimum", other, () -> torch.minimum(raw(), other.raw()));
    }

    /** The angle of the point (other, this), element by element, with broadcasting. */
    public final Tensor atan2(Tensor other) {
        return binary("atan2", other, () -> torch.atan2(raw(), other.raw()));
    }

    /** The negative. */
    public final Tensor neg() {
        return unary("neg", () -> torch.neg(raw()));
    }

    /** The magnitude. */
    public final Tensor abs() {
        return unary("abs", () -> torch.abs(raw()));
    }

    /** -1, 0 or 1. */
    public final Tensor sign() {
        return unary("sign", () -> torch.sign(raw()));
    }

    /** e to this power. */
    public final Tensor exp() {
        return unary("exp", () -> torch.exp(raw()));
    }

    /** The natural logarithm. */
    public final Tensor log() {
        return unary("log", () -> torch.log(raw()));
    }

    /** ln(1 + x). */
    public final Tensor log1p() {
        return unary("log1p", () -> torch.log1p(raw()));
    }

    /** e to this power, less 1. */
    public final Tensor expm1() {
        return unary("expm1", () -> torch.expm1(raw()));
    }

    /** The square root. */
    public final Tensor sqrt() {
        return unary("sqrt", () -> torch.sqrt(raw()));
    }

    /** 1 over the square root. */
    public final Tensor rsqrt() {
        return unary("rsqrt", () -> torch.rsqrt(raw()));
    }

    /** The square. */
    public final Tensor square() {
        return unary("square", () -> torch.square(raw()));
    }

    /** 1 over this. */
    public final Tensor reciprocal() {
        return unary("reciprocal", () -> torch.reciprocal(raw()));
    }

    /** The sine. */
    public final Tensor sin() {
        return unary("sin", () -> torch.sin(raw()));
    }

    /** The cosine. */
    public final Tensor cos() {
        return unary("cos", () -> torch.cos(raw()));
    }

    /** The error function. */
    public final Tensor erf() {
        return unary("erf", () -> torch.erf(raw()));
    }

    /** The inverse of {@link #erf}. */
    public final Tensor erfinv() {
        return unary("erfinv", () -> torch.erfinv(raw()));
    }

    /** The next lower integer. */
    public final Tensor floor() {
        return unary("floor", () -> torch.floor(raw()));
    }

    /** The next higher integer. */
    public final Tensor ceil() {
        return unary("ceil", () -> torch.ceil(raw()));
    }

    /** The nearest integer, halves to even. */
    public final Tensor round() {
        return unary("round", () -> torch.round(raw()));
    }

    /** Where this is not a number: bool. */
    public final Tensor isnan() {
        return unary("isnan", () -> torch.isnan(raw()));
    }

    /** Where this is finite: bool. */
    public final Tensor isfinite() {
        return unary("isfinite", () -> torch.isfinite(raw()));
    }

    /** Where this is false: bool. */
    public final Tensor logicalNot() {
        return unary("logical_not", () -> torch.logical_not(raw()));
    }

    /** The quotient rounded down, with broadcasting. */
    public final Tensor floorDivide(Tensor other) {
        return binary("floor_divide", other, () -> torch.floor_divide(raw(), other.raw()));
    }

    /** The quotient with a number, rounded down. */
    public final Tensor floorDivide(double value) {
        return scalar("floor_divide", value, () -> torch.floor_divide(raw(), number(value)));
    }

    /** The remainder of a division, with the sign of the divisor and broadcasting. */
    public final Tensor remainder(Tensor divisor) {
        return binary("remainder", divisor, () -> torch.remainder(raw(), divisor.raw()));
    }

    /** The tangent. */
    public final Tensor tan() {
        return unary("tan", () -> torch.tan(raw()));
    }

    /** The angle whose sine this is. */
    public final Tensor asin() {
        return unary("asin", () -> torch.asin(raw()));
    }

    /** The angle whose cosine this is. */
    public final Tensor acos() {
        return unary("acos", () -> torch.acos(raw()));
    }

    /** The angle whose tangent this is. */
    public final Tensor atan() {
        return unary("atan", () -> torch.atan(raw()));
    }

    /** The logarithm to base 2. */
    public final Tensor log2() {
        return unary("log2", () -> torch.log2(raw()));
    }

    /** The next integer towards 0. */
    public final Tensor trunc() {
        return unary("trunc", () -> torch.trunc(raw()));
    }

    /** Where this is infinite: bool. */
    public final Tensor isinf() {
        return unary("isinf", () -> torch.isinf(raw()));
    }

    /** Whether shape, type and every element are equal; waits for the device. */
    public final boolean contentEquals(Tensor other) {
        return dtype() == other.dtype()
                && shape().equals(other.shape())
                && Op.ask("equal", () -> torch.equal(raw(), other.raw()), self(), other);
    }

    /** Whether every |this - other| is at most {@code absolute + relative |other|}; waits for the device. */
    public final boolean isClose(Tensor other, double relative, double absolute) {
        return Op.ask("allclose", () -> torch.allclose(raw(), other.raw(), relative, absolute, false), self(), other);
    }
}
