package dev.fovea.models.classify;

import dev.fovea.nn.Buffer;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.Linear;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;

/**
 * Attention among the places of square windows, {@code [N, windows, places, width]} to the same, with a learned bias for each head and
 * offset. Names as torchvision's {@code RelativePositionalMultiHeadAttention}, whose scores are divided by the root of the whole width.
 */
final class RelativeAttention extends Layer {
    private final int width;
    private final int heads;
    private final RelativePosition window;
    private final Parameter biasTable;
    private final Buffer index;
    private final Linear projection;
    private final Linear merge;

    RelativeAttention(int width, int heads, int side) {
        this.width = width;
        this.heads = heads;
        window = new RelativePosition(side, side);
        biasTable = parameter("relative_position_bias_table", Tensor.zeros(window.offsets(), heads));
        Init.truncatedNormal(biasTable, 0.02);
        index = buffer("relative_position_index", window.index());
        projection = child("to_qkv", Linear.of(width, 3 * width));
        merge = child("merge", Linear.of(width, width));
    }

    /** A table from a file of weights, for this layer's window. */
    Tensor fitted(String name, Tensor table) {
        return switch (name) {
            case "relative_position_bias_table" -> table.rank() == 2 ? window.resized(table) : table;
            case "relative_position_index" -> index.value();
            default -> table;
        };
    }

    @Override
    protected Tensor forward(Tensor x) {
        return merge.call(attend(x));
    }

    /** In a scope of its own: the scores are much larger than what comes of them. */
    private Tensor attend(Tensor x) {
        try (var scope = Scope.open()) {
            var parts = projection
                    .call(x)
                    .reshape(-1, x.dim(1), window.places(), 3, heads, width / heads)
                    .permute(3, 0, 1, 4, 2, 5); // [3, N, windows, heads, places, d]
            var query = parts.select(0, 0).mul(1 / Math.sqrt((double) width));
            var scores = query.matmul(parts.select(0, 1).transpose(-2, -1))
                    .addInPlace(window.spread(biasTable.value(), index.value()));
            var mixed = scores.softmax(-1).matmul(parts.select(0, 2)).transpose(2, 3);
            return scope.keep(mixed.reshape(-1, x.dim(1), window.places(), width));
        }
    }
}
