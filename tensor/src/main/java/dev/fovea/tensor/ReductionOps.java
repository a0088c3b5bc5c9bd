package dev.fovea.tensor;

import org.bytedeco.pytorch.GeneratorOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.ScalarOptional;
import org.bytedeco.pytorch.ScalarTypeOptional;
import org.bytedeco.pytorch.global.torch;

/** From many elements to few: sums, means, extremes, norms, sorting, softmax. */
abstract sealed class ReductionOps extends InPlaceOps permits ShapeOps {
    ReductionOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** Values with the places they came from, both of the same shape; places are int64. */
    public record Indexed(Tensor values, Tensor indices) {}

    private static Attributes over(long[] dims, boolean keepDim) {
        return Attributes.of("dims", dims, "keepdim", keepDim);
    }

    private Indexed indexed(String name, Attributes attributes, Op.ManyKernel kernel) {
        var both = Op.runMany(name, attributes, kernel, self());
        return new Indexed(both.get(0), both.get(1));
    }

    /** The sum of all elements. */
    public final Tensor sum() {
        return Op.run("sum", Attributes.NONE, () -> torch.sum(raw()), self());
    }

    /** The sum over dimensions. */
    public final Tensor sum(boolean keepDim, long... dims) {
        return Op.run(
                "sum", over(dims, keepDim), () -> torch.sum(raw(), dims, keepDim, new ScalarTypeOptional()), self());
    }

    /** The mean of all elements. */
    public final Tensor mean() {
        return Op.run("mean", Attributes.NONE, () -> torch.mean(raw()), self());
    }

    /** The mean over dimensions. */
    public final Tensor mean(boolean keepDim, long... dims) {
        return Op.run(
                "mean", over(dims, keepDim), () -> torch.mean(raw(), dims, keepDim, new ScalarTypeOptional()), self());
    }

    /** The variance over dimensions, divided by n - {@code correction}. */
    public final Tensor var(double correction, boolean keepDim, long... dims) {
        return Op.run(
                "var",
                Attributes.of("dims", dims, "keepdim", keepDim, "correction", correction),
                () -> torch.var(raw(), dims, new ScalarOptional(new Scalar(correction)), keepDim),
                self());
    }

    /** The standard deviation over dimensions, divided by n - {@code correction}. */
    public final Tensor std(double correction, boolean keepDim, long... dims) {
        return Op.run(
                "std",
                Attributes.of("dims", dims, "keepdim", keepDim, "correction", correction),
                () -> torch.std(raw(), dims, new ScalarOptional(new Scalar(correction)), keepDim),
                self());
    }

    /** The product over one dimension. */
    public final Tensor prod(long dim, boolean keepDim) {
        return Op.run(
                "prod",
                over(new long[] {dim}, keepDim),
                () -> torch.prod(raw(), dim, keepDim, new ScalarTypeOptional()),
                self());
    }

    /** The largest of all elements. */
    public final Tensor max() {
        return Op.run("amax", Attributes.NONE, () -> torch.max(raw()), self());
    }

    /** The smallest of all elements. */
    public final Tensor min() {
        return Op.run("amin", Attributes.NONE, () -> torch.min(raw()), self());
    }

    /** The largest elements over dimensions. */
    public final Tensor amax(boolean keepDim, long... dims) {
        return Op.run("amax", over(dims, keepDim), () -> torch.amax(raw(), dims, keepDim), self());
    }

    /** The smallest elements over dimensions. */
    public final Tensor amin(boolean keepDim, long... dims) {
        return Op.run("amin", over(dims, keepDim), () -> torch.amin(raw(), dims, keepDim), self());
    }

    /** The largest elements along a dimension, with their places. */
    public final Indexed max(long dim, boolean keepDim) {
        return indexed("max", over(new long[] {dim}, keepDim), () -> {
            var t = torch.max(raw(), dim, keepDim);
            return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
        });
    }

    /** The places of the largest elements along a dimension; int64. */
    public final Tensor argmax(long dim, boolean keepDim) {
        return Op.run(
                "argmax",
                over(new long[] {dim}, keepDim),
                () -> torch.argmax(raw(), new LongOptional(dim), keepDim),
                self());
    }

    /** The places of the smallest elements along a dimension; int64. */
    public final Tensor argmin(long dim, boolean keepDim) {
        return Op.run(
                "argmin",
                over(new long[] {dim}, keepDim),
                () -> torch.argmin(raw(), new LongOptional(dim), keepDim),
                self());
    }

    /** Whether all elements are true. */
    public final Tensor all() {
        return Op.run("all", Attributes.NONE, () -> torch.all(raw()), self());
    }

    /** Whether any element is true. */
    public final Tensor any() {
        return Op.run("any", Attributes.NONE, () -> torch.any(raw()), self());
    }

    /** The p-norm over dimensions; without dimensions, of everything. */
    public final Tensor norm(double p, boolean keepDim, long... dims) {
        return Op.run(
                "norm",
                Attributes.of("p", p, "dims", dims, "keepdim", keepDim),
                () -> dims.length == 0
                        ? torch.norm(raw(), new Scalar(p))
                        : torch.norm(raw(), new ScalarOptional(new Scalar(p)), dims, keepDim),
                self());
    }

    /** Running sums along a dimension. */
    public final Tensor cumsum(long dim) {
        return Op.run("cumsum", Attributes.of("dim", dim), () -> torch.cumsum(raw(), dim), self());
    }

    /** ln of the sum of e^x over dimensions, without overflow. */
    public final Tensor logsumexp(boolean keepDim, long... dims) {
        return Op.run("logsumexp", over(dims, keepDim), () -> torch.logsumexp(raw(), dims, keepDim), self());
    }

    /** Probabilities along a dimension: e^x over the sum of e^x. */
    public final Tensor softmax(long dim) {
        return Op.run("softmax", Attributes.of("dim", dim), () -> torch.softmax(raw(), dim), self());
    }

    /** The logarithm of {@link #softmax}, without overflow. */
    public final Tensor logSoftmax(long dim) {
        return Op.run("log_softmax", Attributes.of("dim", dim), () -> torch.log_softmax(raw(), dim), self());
    }

    /** The k largest (or smallest) elements along a dimension in order, with their places. */
    public final Indexed topk(long k, long dim, boolean largest) {
        return indexed("topk", Attributes.of("k", k, "dim", dim, "largest", largest), () -> {
            var t = torch.topk(raw(), k, dim, largest, true);
            return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
        });
    }

    /** All elements along a dimension in order, with their places; equal elements keep their order. */
    public final Indexed sort(long dim, boolean descending) {
        return indexed("sort", Attributes.of("dim", dim, "descending", descending), () -> {
            var t = torch.sort(raw(), new org.bytedeco.pytorch.BoolOptional(true), dim, descending);
            return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
        });
    }

    /** The places in order along a dimension; equal elements keep their order. */
    public final Tensor argsort(long dim, boolean descending) {
        return Op.run(
                "argsort",
                Attributes.of("dim", dim, "descending", descending),
                () -> torch.argsort(raw(), true, dim, descending),
                self());
    }

    /** Whether all elements along a dimension are true. */
    public final Tensor all(long dim, boolean keepDim) {
        return Op.run("all", over(new long[] {dim}, keepDim), () -> torch.all(raw(), dim, keepDim), self());
    }

    /** Whether any element along a dimension is true. */
    public final Tensor any(long dim, boolean keepDim) {
        return Op.run("any", over(new long[] {dim}, keepDim), () -> torch.any(raw(), dim, keepDim), self());
    }

    /** The smallest elements along a dimension, with their places. */
    public final Indexed min(long dim, boolean keepDim) {
        return indexed("min", over(new long[] {dim}, keepDim), () -> {
            var t = torch.min(raw(), dim, keepDim);
            return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
        });
    }

    /** The middle elements along a dimension (the lower of two), with their places. */
    public final Indexed median(long dim, boolean keepDim) {
        return indexed("median", over(new long[] {dim}, keepDim), () -> {
            var t = torch.median(raw(), dim, keepDim);
            return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
        });
    }

    /** The value below which the share {@code q} (0-1) of a dimension lies, interpolated between neighbours. */
    public final Tensor quantile(double q, long dim, boolean keepDim) {
        return Op.run(
                "quantile",
                Attributes.of("q", q, "dim", dim, "keepdim", keepDim),
                () -> torch.quantile(raw(), q, new LongOptional(dim), keepDim, "linear"),
                self());
    }

    /** How many elements over dimensions are not zero: int64. */
    public final Tensor countNonzero(long... dims) {
        return Op.run("count_nonzero", Attributes.of("dims", dims), () -> torch.count_nonzero(raw(), dims), self());
    }

    /** Running products along a dimension. */
    public final Tensor cumprod(long dim) {
        return Op.run("cumprod", Attributes.of("dim", dim), () -> torch.cumprod(raw(), dim), self());
    }

    /** 0 or 1 at random, with these probabilities (0-1) of 1. */
    public final Tensor bernoulli() {
        return Op.run("bernoulli", Attributes.NONE, () -> torch.bernoulli(raw()), self());
    }

    /**
     * {@code count} places drawn at random from each row of weights ({@code [k]} or {@code [n, k]}, not negative); int64.
     *
     * @param replacement whether a place may be drawn again
     */
    public final Tensor multinomial(long count, boolean replacement) {
        return Op.run(
                "multinomial",
                Attributes.of("count", count, "replacement", replacement),
                () -> torch.multinomial(raw(), count, replacement, new GeneratorOptional()),
                self());
    }
}
