package dev.fovea.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.DoubleOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;

/** What layers are made of: products, normalisation, attention, dropout, recurrence, losses. */
abstract sealed class NetworkOps extends SpatialOps permits Tensor {
    NetworkOps(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** The matrix product of the last two dimensions, with broadcasting of the others. */
    public final Tensor matmul(Tensor other) {
        return Op.run("matmul", Attributes.NONE, () -> torch.matmul(raw(), other.raw()), self(), other);
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
                () -> torch.linear(raw(), weight.raw(), optional(bias)),
                self(),
                weight,
                bias);
    }

    /** Rows of this table {@code [entries, width]} at the given places (int64). */
    public final Tensor embedding(Tensor indices) {
        return Op.run("embedding", Attributes.NONE, () -> torch.embedding(raw(), indices.raw()), self(), indices);
    }

    /**
     * Batch normalisation (Ioffe and Szegedy 2015) of {@code [N, C, ...]}. In training the batch's statistics are used and the running
     * ones updated in place: {@code running = (1 - momentum) running + momentum batch}, with the unbiased variance.
     */
    public final Tensor batchNorm(
            Tensor weight,
            Tensor bias,
            Tensor runningMean,
            Tensor runningVar,
            boolean training,
            double momentum,
            double eps) {
        return Op.run(
                "batch_norm",
                Attributes.of("training", training, "momentum", momentum, "eps", eps),
                () -> torch.batch_norm(
                        raw(),
                        optional(weight),
                        optional(bias),
                        optional(runningMean),
                        optional(runningVar),
                        training,
                        momentum,
                        eps,
                        true),
                self(),
                weight,
                bias,
                runningMean,
                runningVar);
    }

    /** Layer normalisation (Ba et al. 2016) over the last dimensions, whose lengths are {@code shape}. */
    public final Tensor layerNorm(long[] shape, Tensor weight, Tensor bias, double eps) {
        return Op.run(
                "layer_norm",
                Attributes.of("shape", shape, "eps", eps),
                () -> torch.layer_norm(raw(), shape, optional(weight), optional(bias), eps, false),
                self(),
                weight,
                bias);
    }

    /** Group normalisation (Wu and He 2018) of {@code [N, C, ...]}. */
    public final Tensor groupNorm(long groups, Tensor weight, Tensor bias, double eps) {
        return Op.run(
                "group_norm",
                Attributes.of("groups", groups, "eps", eps),
                () -> torch.group_norm(raw(), groups, optional(weight), optional(bias), eps, false),
                self(),
                weight,
                bias);
    }

    /** Instance normalisation (Ulyanov et al. 2016) of {@code [N, C, ...]} by each map's own statistics. */
    public final Tensor instanceNorm(Tensor weight, Tensor bias, double eps) {
        return Op.run(
                "instance_norm",
                Attributes.of("eps", eps),
                () -> torch.instance_norm(
                        raw(), optional(weight), optional(bias), optional(null), optional(null), true, 0.1, eps, false),
                self(),
                weight,
                bias);
    }

    /** Local response normalisation across channels (Krizhevsky et al. 2012). */
    public final Tensor localResponseNorm(long size, double alpha, double beta, double k) {
        if (rank() != 4) {
            throw new TensorException("local_response_norm: expected maps [N, C, H, W], got " + describe());
        }
        var squares = self().square().unsqueeze(1).pad(0, 0, 0, 0, size / 2, (size - 1) / 2);
        Tensor sum = squares.narrow(2, 0, dim(1));
        for (long i = 1; i < size; i++) {
            sum = sum.add(squares.narrow(2, i, dim(1)));
        }
        return self().div(sum.squeeze(1).mul(alpha / size).add(k).pow(beta));
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
                () -> torch.scaled_dot_product_attention(
                        raw(),
                        key.raw(),
                        value.raw(),
                        optional(mask),
                        dropout,
                        causal,
                        scale == null ? new DoubleOptional() : new DoubleOptional(scale),
                        false),
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

    /** How a loss becomes one number. */
    public enum Reduction {
        NONE(0),
        MEAN(1),
        SUM(2);

        final long code;

        Reduction(long code) {
            this.code = code;
        }
    }

    /**
     * Cross-entropy of logits {@code [N, C]} (or {@code [N, C, H, W]}).
     *
     * @param target class indices (int64, {@code [N]}), or probabilities of the logits' shape
     * @param weight {@code [C]}, or null
     * @param ignoreIndex class index that does not count
     * @param labelSmoothing 0-1
     */
    public final Tensor crossEntropy(
            Tensor target, Tensor weight, Reduction reduction, long ignoreIndex, double labelSmoothing) {
        return Op.run(
                "cross_entropy",
                Attributes.of(
                        "reduction", reduction.name(), "ignore_index", ignoreIndex, "label_smoothing", labelSmoothing),
                () -> torch.cross_entropy_loss(
                        raw(), target.raw(), optional(weight), reduction.code, ignoreIndex, labelSmoothing),
                self(),
                target,
                weight);
    }

    /** Binary cross-entropy of logits with targets 0-1 of the same shape; weights may be null. */
    public final Tensor binaryCrossEntropyWithLogits(
            Tensor target, Tensor weight, Tensor posWeight, Reduction reduction) {
        return Op.run(
                "binary_cross_entropy_with_logits",
                Attributes.of("reduction", reduction.name()),
                () -> torch.binary_cross_entropy_with_logits(
                        raw(), target.raw(), optional(weight), optional(posWeight), reduction.code),
                self(),
                target,
                weight,
                posWeight);
    }

    /** Squared differences. */
    public final Tensor mseLoss(Tensor target, Reduction reduction) {
        return Op.run(
                "mse_loss",
                Attributes.of("reduction", reduction.name()),
                () -> torch.mse_loss(raw(), target.raw(), reduction.code),
                self(),
                target);
    }

    /** Absolute differences. */
    public final Tensor l1Loss(Tensor target, Reduction reduction) {
        return Op.run(
                "l1_loss",
                Attributes.of("reduction", reduction.name()),
                () -> torch.l1_loss(raw(), target.raw(), reduction.code),
                self(),
                target);
    }

    /** Squared differences up to {@code delta}, straight lines beyond (Huber 1964). */
    public final Tensor huberLoss(Tensor target, Reduction reduction, double delta) {
        return Op.run(
                "huber_loss",
                Attributes.of("reduction", reduction.name(), "delta", delta),
                () -> torch.huber_loss(raw(), target.raw(), reduction.code, delta),
                self(),
                target);
    }

    /** {@link #huberLoss} divided by {@code beta}. */
    public final Tensor smoothL1Loss(Tensor target, Reduction reduction, double beta) {
        return Op.run(
                "smooth_l1_loss",
                Attributes.of("reduction", reduction.name(), "beta", beta),
                () -> torch.smooth_l1_loss(raw(), target.raw(), reduction.code, beta),
                self(),
                target);
    }
}
