package dev.fovea.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** What layers are made of: products, attention, dropout, recurrence. */
abstract sealed class NetworkOps extends ResamplingOps permits NormalisationOps {
    NetworkOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** oneDNN puts the weights into another order for each call, which costs as much as this many rows. */
    private static final long ROWS_WORTH_PACKING = 128;

    /** The matrix product of the last two dimensions, with broadcasting of the others. */
    public final Tensor matmul(Tensor other) {
        return Op.run(
                "matmul",
                Attributes.NONE,
                () -> {
                    ProductThreads.before(multiplications(other));
                    return torch.matmul(raw(), other.raw());
                },
                self(),
                other);
    }

    /** Those of one of the products that libtorch makes: of many small matrices one after the other, else all at once. */
    private long multiplications(Tensor other) {
        long columns = other.rank() > 1 ? other.dim(-1) : 1;
        return other.rank() > 2 && rank() > 1 ? dim(-2) * dim(-1) * columns : numel() * columns;
    }

    /** This matrix {@code [m, n]} as Q {@code [m, k]} with orthonormal columns times an upper triangular R {@code [k, n]}, k = min(m, n). */
    public final List<Tensor> qr() {
        return Op.runMany(
                "qr",
                Attributes.NONE,
                () -> {
                    var t = torch.linalg_qr(raw());
                    return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
                },
                self());
    }

    /**
     * {@code x W^T + b}.
     *
     * @param weight {@code [out, in]}
     * @param bias {@code [out]} or null
     */
    public final Tensor linear(Tensor weight, Tensor bias) {
        if (rank() == 0 || dim(-1) != weight.dim(-1)) {
            throw new TensorException("linear: expected input [..., " + weight.dim(-1) + "] for weight "
                    + weight.shape() + ", got " + describe());
        }
        return Op.run(
                "linear",
                Attributes.NONE,
                () -> {
                    long multiplications = numel() * weight.dim(0);
                    boolean rows = numel() / weight.dim(1) >= ROWS_WORTH_PACKING;
                    if (rows && multiplications >= ProductThreads.LARGE && isOnProcessor(weight)) {
                        return asConvolution(weight, bias);
                    }
                    ProductThreads.before(multiplications);
                    return torch.linear(raw(), weight.raw(), Op.optional(bias));
                },
                self(),
                weight,
                bias);
    }

    private boolean isOnProcessor(Tensor weight) {
        return device().equals(Device.CPU) && dtype() == DType.FLOAT32 && weight.dtype() == DType.FLOAT32;
    }

    /**
     * The same as a convolution of width 1, each row a pixel: then oneDNN computes it, on the threads that all other operations use. Nothing is
     * copied, since rows are pixels in the channels-last layout.
     */
    private org.bytedeco.pytorch.Tensor asConvolution(Tensor weight, Tensor bias) {
        long in = dim(-1);
        long out = weight.dim(0);
        long[] shape = shape().toArray();
        shape[shape.length - 1] = out;
        try (var rows = raw().reshape(1, numel() / in, 1, in);
                var pixels = rows.permute(0, 3, 1, 2);
                var kernel = weight.raw().reshape(out, in, 1, 1);
                var convolved = torch.conv2d(
                        pixels, kernel, Op.optional(bias), new long[] {1, 1}, new long[2], new long[] {1, 1}, 1);
                var back = convolved.permute(0, 2, 3, 1)) {
            return back.reshape(shape);
        }
    }

    /** Rows of this table {@code [entries, width]} at the given places (int64). */
    public final Tensor embedding(Tensor indices) {
        return Op.run("embedding", Attributes.NONE, () -> torch.embedding(raw(), indices.raw()), self(), indices);
    }

    /**
     * For each bag the sum of rows of this table {@code [entries, width]}, each times a weight: {@code [bags, width]}, zeros for an
     * empty bag. Gradients flow to the table.
     *
     * @param indices {@code [K]} int64: the rows of the first bag, of the second, and so on
     * @param offsets {@code [bags]} int64: where each bag begins in {@code indices}
     * @param weights {@code [K]}
     */
    public final Tensor embeddingBag(Tensor indices, Tensor offsets, Tensor weights) {
        return Op.run(
                "embedding_bag",
                Attributes.NONE,
                () -> torch.embedding_bag(
                                raw(), indices.raw(), offsets.raw(), false, 0, false, Op.optional(weights), false)
                        .get0(),
                self(),
                indices,
                offsets,
                weights);
    }

    /** As {@link #embeddingBag} the largest value of each column instead of the sum; zeros for an empty bag. */
    public final Tensor embeddingBagMax(Tensor indices, Tensor offsets) {
        return Op.run(
                "embedding_bag_max",
                Attributes.NONE,
                () -> torch.embedding_bag(
                                raw(), indices.raw(), offsets.raw(), false, 2, false, Op.optional(null), false)
                        .get0(),
                self(),
                indices,
                offsets);
    }

    /** Zeroes elements with the given probability and scales the others up; the identity when not training. */
    public final Tensor dropout(double probability, boolean training) {
        return !training || probability == 0
                ? self()
                : Op.run(
                        "dropout",
                        Attributes.of("p", probability),
                        () -> torch.dropout(raw(), probability, true),
                        self());
    }

    /** {@link #dropout} of whole maps of {@code [N, C, H, W]}. */
    public final Tensor dropout2d(double probability, boolean training) {
        return !training || probability == 0
                ? self()
                : Op.run(
                        "dropout2d",
                        Attributes.of("p", probability),
                        () -> torch.feature_dropout(raw(), probability, true),
                        self());
    }

    /**
     * softmax(q k^T / sqrt(d) + mask) v (Vaswani et al. 2017); this is q {@code [..., L, d]}.
     *
     * @param mask added to the scores (float) or where attention is allowed (bool), broadcast to {@code [..., L, S]}; or null
     * @param scale null for 1 / sqrt(d)
     */
    public final Tensor scaledDotProductAttention(
            Tensor key, Tensor value, Tensor mask, double dropout, boolean causal, Double scale) {
        return Op.run(
                "scaled_dot_product_attention",
                Attributes.of("dropout", dropout, "causal", causal, "scale", scale),
                () -> {
                    ProductThreads.beforeManySmall();
                    return torch.scaled_dot_product_attention(
                            raw(),
                            key.raw(),
                            value.raw(),
                            Op.optional(mask),
                            dropout,
                            causal,
                            scale == null ? new DoubleOptional() : new DoubleOptional(scale),
                            false);
                },
                self(),
                key,
                value,
                mask);
    }

    /** The configuration of {@link #lstm} and {@link #gru}. */
    public record Recurrence(long layers, boolean bias, double dropout, boolean bidirectional, boolean batchFirst) {}

    /**
     * A long short-term memory network (Hochreiter and Schmidhuber 1997) over a sequence {@code [L, N, in]}, or {@code [N, L, in]}.
     *
     * @param hidden {@code [layers * directions, N, hidden]}
     * @param cell of the same shape
     * @param weights for each layer and direction: input, hidden, and their biases
     * @return outputs, last hidden, last cell
     */
    public final List<Tensor> lstm(Tensor hidden, Tensor cell, List<Tensor> weights, Recurrence r, boolean training) {
        return Op.runMany(
                "lstm",
                recurrence(r),
                () -> {
                    var t = torch.lstm(
                            raw(),
                            new TensorVector(hidden.raw(), cell.raw()),
                            Foreach.vector(weights),
                            r.bias(),
                            r.layers(),
                            r.dropout(),
                            training,
                            r.bidirectional(),
                            r.batchFirst());
                    return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1(), t.get2()};
                },
                with(List.of(self(), hidden, cell), weights));
    }

    /** A gated recurrent network (Cho et al. 2014); as {@link #lstm} without a cell. Gives outputs and last hidden. */
    public final List<Tensor> gru(Tensor hidden, List<Tensor> weights, Recurrence r, boolean training) {
        return Op.runMany(
                "gru",
                recurrence(r),
                () -> {
                    var t = torch.gru(
                            raw(),
                            hidden.raw(),
                            Foreach.vector(weights),
                            r.bias(),
                            r.layers(),
                            r.dropout(),
                            training,
                            r.bidirectional(),
                            r.batchFirst());
                    return new org.bytedeco.pytorch.Tensor[] {t.get0(), t.get1()};
                },
                with(List.of(self(), hidden), weights));
    }

    private static Attributes recurrence(Recurrence r) {
        return Attributes.of(
                "layers",
                r.layers(),
                "bias",
                r.bias(),
                "bidirectional",
                r.bidirectional(),
                "batch_first",
                r.batchFirst());
    }

    private static Tensor[] with(List<Tensor> first, List<Tensor> rest) {
        var all = new ArrayList<>(first);
        all.addAll(rest);
        return all.toArray(new Tensor[0]);
    }

    /**
     * The distances of each row of this {@code [..., n, d]} from each row of {@code other} ({@code [..., m, d]}) by the p-norm:
     * {@code [..., n, m]}.
     */
    public final Tensor cdist(Tensor other, double p) {
        return Op.run(
                "cdist",
                Attributes.of("p", p),
                () -> torch.cdist(raw(), other.raw(), p, new LongOptional()),
                self(),
                other);
    }

    /** The cosine of the angle between vectors along a dimension; {@code eps} bounds the product of norms from below. */
    public final Tensor cosineSimilarity(Tensor other, long dim, double eps) {
        return Op.run(
                "cosine_similarity",
                Attributes.of("dim", dim, "eps", eps),
                () -> torch.cosine_similarity(raw(), other.raw(), dim, eps),
                self(),
                other);
    }
}
