package dev.fovea.nn.layer;

import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * Attention with several heads (Vaswani et al. 2017): queries {@code [L, N, width]} and keys and values {@code [S, N, ...]} to
 * {@code [L, N, width]}; with {@link Spec#inBatches} {@code [N, L, width]}.
 *
 * <p>Parameters {@code in_proj_weight [3 width, width]} (or {@code q_proj_weight}, {@code k_proj_weight}, {@code v_proj_weight} where keys or
 * values have widths of their own), {@code in_proj_bias}, {@code out_proj.weight}, {@code out_proj.bias}.
 */
public final class MultiheadAttention extends Module {
    private final Spec spec;
    private final Parameter joint;
    private final Parameter queryWeight;
    private final Parameter keyWeight;
    private final Parameter valueWeight;
    private final Parameter inputBias;
    private final Linear output;

    private MultiheadAttention(Spec spec) {
        this.spec = spec;
        int width = spec.width;
        boolean same = spec.keyWidth == width && spec.valueWidth == width;
        joint = same
                ? parameter("in_proj_weight", DefaultInit.xavierUniform(width, 3L * width, 3L * width, width))
                : null;
        queryWeight = same ? null : parameter("q_proj_weight", DefaultInit.xavierUniform(width, width, width, width));
        keyWeight = same ? null : parameter("k_proj_weight", projection(spec.keyWidth));
        valueWeight = same ? null : parameter("v_proj_weight", projection(spec.valueWidth));
        inputBias = spec.bias ? parameter("in_proj_bias", Tensor.zeros(3L * width)) : null;
        var linear = Linear.of(width, width);
        output = child("out_proj", spec.bias ? linear : linear.noBias());
        if (spec.bias) {
            Init.zeros(output.bias());
        }
    }

    private Tensor projection(int from) {
        return DefaultInit.xavierUniform(from, spec.width, spec.width, from);
    }

    /** Attention over vectors of {@code width}, which {@code heads} must divide. */
    public static Spec of(int width, int heads) {
        return new Spec(width, heads, width, width, 0, false, true);
    }

    public Spec spec() {
        return spec;
    }

    /** What attention gives: the result, and how much each query looked at each key, {@code [N, heads, L, S]}. */
    public record Attended(Tensor result, Tensor weights) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            return List.of(result, weights);
        }
    }

    /** Attention of a sequence to itself. */
    public Tensor call(Tensor x) {
        return call(x, x, x, AttentionMask.NONE);
    }

    /** Attention of queries to keys, whose values are mixed. */
    public Tensor call(Tensor query, Tensor key, Tensor value, AttentionMask mask) {
        return run(() -> {
            var p = project(query, key, value);
            var mixed = p.query.scaledDotProductAttention(
                    p.key, p.value, mask.additive(p.query, p.query.dim(0), spec.heads), dropout(), false, null);
            return join(mixed);
        });
    }

    /** As {@link #call}, with the weights; slower, since they are written out. */
    public Attended callWithWeights(Tensor query, Tensor key, Tensor value, AttentionMask mask) {
        return run(() -> {
            var p = project(query, key, value);
            var scores = p.query.mul(1 / Math.sqrt((double) p.query.dim(3))).matmul(p.key.transpose(2, 3));
            var added = mask.additive(p.query, p.query.dim(0), spec.heads);
            var weights = (added == null ? scores : scores.add(added)).softmax(-1);
            return new Attended(join(weights.dropout(spec.dropout, isTraining()).matmul(p.value)), weights);
        });
    }

    private double dropout() {
        return isTraining() ? spec.dropout : 0;
    }

    /** Queries, keys and values per head, {@code [N, heads, L, width / heads]}. */
    private record Projected(Tensor query, Tensor key, Tensor value) {}

    private Projected project(Tensor query, Tensor key, Tensor value) {
        check(query, "queries", spec.width);
        check(key, "keys", spec.keyWidth);
        check(value, "values", spec.valueWidth);
        long width = spec.width;
        if (joint != null && query == key && key == value) {
            var all = query.linear(joint.value(), inputBias == null ? null : inputBias.value())
                    .chunk(3, -1);
            return new Projected(heads(all.get(0)), heads(all.get(1)), heads(all.get(2)));
        }
        return new Projected(
                heads(query.linear(weight(queryWeight, 0), bias(0))),
                heads(key.linear(weight(keyWeight, width), bias(width))),
                heads(value.linear(weight(valueWeight, 2 * width), bias(2 * width))));
    }

    private Tensor weight(Parameter own, long from) {
        return own == null ? joint.value().narrow(0, from, spec.width) : own.value();
    }

    private Tensor bias(long from) {
        return inputBias == null ? null : inputBias.value().narrow(0, from, spec.width);
    }

    private Tensor heads(Tensor x) {
        var split = x.reshape(x.dim(0), x.dim(1), spec.heads, spec.width / spec.heads);
        return spec.batchFirst ? split.permute(0, 2, 1, 3) : split.permute(1, 2, 0, 3);
    }

    private Tensor join(Tensor mixed) {
        var ordered = spec.batchFirst ? mixed.permute(0, 2, 1, 3) : mixed.permute(2, 0, 1, 3);
        return output.call(ordered.flatten(2, 3));
    }

    private void check(Tensor x, String what, int width) {
        if (x.rank() != 3 || x.dim(2) != width) {
            String order = spec.batchFirst ? "[N, length, " : "[length, N, ";
            throw new IllegalArgumentException((path().isEmpty() ? "attention" : path()) + ": expected " + what + " "
                    + order + width + "], got " + x.shape());
        }
    }

    /**
     * All options; immutable.
     *
     * @param keyWidth the length of a key vector before projection
     * @param valueWidth the length of a value vector before projection
     * @param dropout of attention weights in training
     */
    public record Spec(
            int width, int heads, int keyWidth, int valueWidth, double dropout, boolean batchFirst, boolean bias)
            implements LayerSpec<MultiheadAttention> {
        public Spec {
            if (width < 1 || heads < 1 || width % heads != 0) {
                throw new IllegalArgumentException(
                        "the number of heads must divide the width; got width=" + width + ", heads=" + heads);
            }
            if (keyWidth < 1 || valueWidth < 1) {
                throw new IllegalArgumentException("keys and values need at least 1 value, got keyWidth=" + keyWidth
                        + ", valueWidth=" + valueWidth);
            }
        }

        /** Keys and values of widths of their own. */
        public Spec keysAndValues(int newKeyWidth, int newValueWidth) {
            return new Spec(width, heads, newKeyWidth, newValueWidth, dropout, batchFirst, bias);
        }

        public Spec dropout(double probability) {
            return new Spec(width, heads, keyWidth, valueWidth, probability, batchFirst, bias);
        }

        /** Sequences are {@code [N, L, width]}. */
        public Spec inBatches() {
            return new Spec(width, heads, keyWidth, valueWidth, dropout, true, bias);
        }

        public Spec noBias() {
            return new Spec(width, heads, keyWidth, valueWidth, dropout, batchFirst, false);
        }

        @Override
        public MultiheadAttention build() {
            return new MultiheadAttention(this);
        }
    }
}
