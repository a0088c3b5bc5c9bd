package dev.fovea.models.classify;

import dev.fovea.nn.Buffer;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * Attention within windows of a map {@code [N, H, W, C]}, which may be shifted by half a window: Liu et al. 2021, arXiv 2103.14030; in
 * version 2 by cosines, with biases that a small network computes from offsets: Liu et al. 2021, arXiv 2111.09883.
 *
 * <p>Maps are padded with zeros to whole windows; a dimension that one window covers is not shifted. Names as torchvision's
 * {@code ShiftedWindowAttention} and {@code ShiftedWindowAttentionV2}.
 */
final class ShiftedWindowAttention extends Layer {
    private static final double LARGEST_LOGIT_SCALE = Math.log(100);
    private static final double FOREIGN = -100;

    private final Spec spec;
    private final Parameter biasTable;
    private final Parameter logitScale;
    private final Buffer coordinates;
    private final Buffer index;
    private final Linear qkv;
    private final Linear proj;
    private final Sequential biasNetwork;

    private ShiftedWindowAttention(Spec spec) {
        this.spec = spec;
        boolean second = spec.version == 2;
        biasTable = second
                ? null
                : parameter("relative_position_bias_table", Tensor.zeros(spec.window.offsets(), spec.heads));
        logitScale = second ? parameter("logit_scale", Tensor.zeros(spec.heads, 1, 1)) : null;
        coordinates = second ? buffer("relative_coords_table", spec.window.logSpaced()) : null;
        index = buffer("relative_position_index", spec.window.index().flatten(0, -1));
        qkv = child("qkv", Linear.of(spec.width, 3 * spec.width));
        proj = child("proj", Linear.of(spec.width, spec.width));
        if (second) {
            Init.constant(logitScale, Math.log(10));
            biasNetwork = child(
                    "cpb_mlp",
                    Sequential.of(
                            Linear.of(2, 512),
                            ReLU.of(),
                            Linear.of(512, spec.heads).noBias()));
        } else {
            Init.truncatedNormal(biasTable, 0.02);
            biasNetwork = null;
        }
    }

    /** A table from a file of weights, for this layer's window. */
    Tensor fitted(String name, Tensor table) {
        return switch (name) {
            case "relative_position_bias_table" ->
                biasTable != null && table.rank() == 2 ? spec.window.resized(table) : table;
            case "relative_position_index" -> index.value();
            case "relative_coords_table" -> coordinates == null ? table : coordinates.value();
            default -> table;
        };
    }

    @Override
    protected Tensor forward(Tensor x) {
        var windows = Windows.of(x, spec);
        var mixed = attend(windows.cut(x), windows); // [N nW, L, C]
        return windows.join(proj.call(mixed).dropout(spec.dropout, isTraining()));
    }

    /** In a scope of its own: the scores are much larger than what comes of them. */
    private Tensor attend(Tensor tokens, Windows windows) {
        try (var scope = Scope.open()) {
            var heads = tokens.linear(qkv.weight().value(), queryKeyValueBias())
                    .reshape(-1, windows.count(), spec.window.places(), 3, spec.heads, spec.width / spec.heads)
                    .permute(3, 0, 1, 4, 2, 5); // [3, N, nW, heads, L, d]
            var query = heads.select(0, 0);
            var key = heads.select(0, 1);
            if (spec.version == 2) {
                var scale = logitScale.value().clampMax(LARGEST_LOGIT_SCALE).exp();
                query = query.normalize(2, -1, 1e-12).mul(scale);
                key = key.normalize(2, -1, 1e-12);
            } else {
                query = query.mul(Math.pow((double) spec.width / spec.heads, -0.5));
            }
            var scores = query.matmul(key.transpose(-2, -1)).addInPlace(bias(windows)); // [N, nW, heads, L, L]
            var weights = scores.softmax(-1).dropout(spec.attentionDropout, isTraining());
            var mixed = weights.matmul(heads.select(0, 2)).transpose(2, 3); // [N, nW, L, heads, d]
            return scope.keep(mixed.reshape(-1, spec.window.places(), spec.width));
        }
    }

    /** Version 2 has no bias on keys, though its reference keeps numbers for one. */
    private Tensor queryKeyValueBias() {
        var bias = qkv.bias().value();
        if (spec.version == 1) {
            return bias;
        }
        var none = Tensor.zeros(bias.dtype(), bias.device(), spec.width);
        return Tensor.cat(List.of(bias.narrow(0, 0, spec.width), none, bias.narrow(0, 2L * spec.width, spec.width)), 0);
    }

    /** What is added to the scores: {@code [heads, L, L]}, or {@code [nW, heads, L, L]} where windows hold strangers. */
    private Tensor bias(Windows windows) {
        var bias = spec.window.spread(offsetBiases(), index.value());
        if (!windows.isShifted()) {
            return bias;
        }
        var regions = windows.regions().to(bias.device()); // [nW, L]
        var foreign =
                regions.unsqueeze(1).ne(regions.unsqueeze(2)).to(bias.dtype()).mul(FOREIGN);
        return bias.add(foreign.unsqueeze(1));
    }

    /** One number per offset and head, {@code [offsets, heads]}. */
    private Tensor offsetBiases() {
        return spec.version == 1
                ? biasTable.value()
                : biasNetwork
                        .call(coordinates.value())
                        .reshape(-1, spec.heads)
                        .sigmoid()
                        .mul(16);
    }

    /**
     * All options; immutable.
     *
     * @param shifted whether windows begin half a window further down and right
     * @param version 1 or 2
     */
    record Spec(
            int width,
            int heads,
            RelativePosition window,
            boolean shifted,
            int version,
            double attentionDropout,
            double dropout)
            implements LayerSpec<ShiftedWindowAttention> {
        Spec {
            if (width % heads != 0) {
                throw new IllegalArgumentException(
                        "the number of heads must divide the width; got width=" + width + ", heads=" + heads);
            }
        }

        @Override
        public ShiftedWindowAttention build() {
            return new ShiftedWindowAttention(this);
        }
    }

    /** How one map is cut into windows: its size, with padding, and the shift that is left of half a window. */
    private record Windows(
            long height, long width, RelativePosition window, long down, long right, long shiftDown, long shiftRight) {
        static Windows of(Tensor x, Spec spec) {
            var window = spec.window;
            long down = (x.dim(1) + window.height() - 1) / window.height();
            long right = (x.dim(2) + window.width() - 1) / window.width();
            return new Windows(
                    x.dim(1),
                    x.dim(2),
                    window,
                    down,
                    right,
                    spec.shifted && down > 1 ? window.height() / 2 : 0,
                    spec.shifted && right > 1 ? window.width() / 2 : 0);
        }

        long count() {
            return down * right;
        }

        boolean isShifted() {
            return shiftDown > 0 || shiftRight > 0;
        }

        private long paddedHeight() {
            return down * window.height();
        }

        private long paddedWidth() {
            return right * window.width();
        }

        /** {@code [N, H, W, C]} to {@code [N nW, L, C]}. */
        Tensor cut(Tensor x) {
            if (paddedHeight() > height || paddedWidth() > width) {
                x = x.pad(0, 0, 0, paddedWidth() - width, 0, paddedHeight() - height);
            }
            if (isShifted()) {
                x = x.roll(new long[] {-shiftDown, -shiftRight}, 1, 2);
            }
            return x.reshape(-1, down, window.height(), right, window.width(), x.dim(3))
                    .permute(0, 1, 3, 2, 4, 5)
                    .reshape(-1, window.places(), x.dim(3));
        }

        /** The way back. */
        Tensor join(Tensor windows) {
            long channels = windows.dim(2);
            var x = windows.reshape(-1, down, right, window.height(), window.width(), channels)
                    .permute(0, 1, 3, 2, 4, 5)
                    .reshape(-1, paddedHeight(), paddedWidth(), channels);
            if (isShifted()) {
                x = x.roll(new long[] {shiftDown, shiftRight}, 1, 2);
            }
            if (paddedHeight() > height) {
                x = x.narrow(1, 0, height);
            }
            return (paddedWidth() > width ? x.narrow(2, 0, width) : x).contiguous();
        }

        /** Places with the same number were neighbours before the shift and may see each other: float32 {@code [nW, L]}. */
        Tensor regions() {
            int places = window.places();
            var regions = new float[(int) count() * places];
            for (int i = 0; i < regions.length; i++) {
                long row = i / places / right * window.height() + i % places / window.width();
                long column = i / places % right * window.width() + i % places % window.width();
                regions[i] = 3 * region(row, paddedHeight(), window.height(), shiftDown)
                        + region(column, paddedWidth(), window.width(), shiftRight);
            }
            return Tensor.of(regions, count(), places);
        }

        private static int region(long place, long size, long window, long shift) {
            return place < size - window ? 0 : place < size - shift ? 1 : 2;
        }
    }
}
