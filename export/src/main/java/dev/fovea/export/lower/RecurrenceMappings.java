package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Recurrent networks: ONNX has one node a layer, and its gates in another order. */
final class RecurrenceMappings {
    private RecurrenceMappings() {}

    /** Which of libtorch's gates comes at each place: input, output, forget, cell of input, forget, cell, output. */
    private static final int[] LSTM_GATES = {0, 3, 1, 2};
    /** Update, reset, new of reset, update, new. */
    private static final int[] GRU_GATES = {1, 0, 2};

    static Map<String, Mapping> all() {
        var table = new HashMap<String, Mapping>();
        table.put("lstm", c -> recurrent(c, "LSTM", LSTM_GATES, 2));
        table.put("gru", c -> recurrent(c, "GRU", GRU_GATES, 1));
        return table;
    }

    private static void recurrent(Call c, String op, int[] gates, int states) {
        boolean batchFirst = c.flag("batch_first");
        int layers = (int) c.integer("layers");
        int directions = c.flag("bidirectional") ? 2 : 1;
        int perCell = c.flag("bias") ? 4 : 2;
        long hidden = c.shape(1).dim(-1);
        var attributes = new HashMap<String, Object>();
        attributes.put("hidden_size", hidden);
        attributes.put("direction", directions == 2 ? "bidirectional" : "forward");
        if (op.equals("GRU")) {
            attributes.put("linear_before_reset", 1L);
        }
        String x = batchFirst ? c.transpose(c.in(0), 1, 0, 2) : c.in(0);
        var last = new ArrayList<List<String>>();
        for (int s = 0; s < states; s++) {
            last.add(new ArrayList<>());
        }
        for (int layer = 0; layer < layers; layer++) {
            int first = 1 + states + layer * directions * perCell;
            var inputs = new ArrayList<String>(List.of(x));
            inputs.add(weights(c, "W" + layer, first, perCell, directions, gates));
            inputs.add(weights(c, "R" + layer, first + 1, perCell, directions, gates));
            inputs.add(perCell == 4 ? biases(c, layer, first, directions, gates) : "");
            inputs.add("");
            for (int s = 0; s < states; s++) {
                int from = layer * directions;
                inputs.add(c.slice(c.in(1 + s), 0, from, from + directions, 1));
            }
            var results = c.emitMany(op, 1 + states, attributes, inputs.toArray(String[]::new));
            // [L, directions, N, hidden] to [L, N, directions hidden]
            x = c.reshape(c.transpose(results.get(0), 0, 2, 1, 3), 0, 0, directions * hidden);
            for (int s = 0; s < states; s++) {
                last.get(s).add(results.get(1 + s));
            }
        }
        c.result(0, batchFirst ? c.transpose(x, 1, 0, 2) : x);
        for (int s = 0; s < states; s++) {
            var parts = last.get(s);
            c.result(
                    1 + s,
                    parts.size() == 1
                            ? parts.get(0)
                            : c.emit("Concat", Call.with("axis", 0), parts.toArray(String[]::new)));
        }
    }

    private static Tensor ordered(Tensor stacked, int[] gates) {
        var parts = stacked.chunk(gates.length, 0);
        var order = new ArrayList<Tensor>();
        for (int gate : gates) {
            order.add(parts.get(gate));
        }
        return Tensor.cat(order, 0);
    }

    private static String weights(Call c, String wish, int first, int perCell, int directions, int[] gates) {
        var all = new ArrayList<Tensor>();
        for (int d = 0; d < directions; d++) {
            all.add(ordered(c.known(first + d * perCell, "a weight"), gates));
        }
        return c.constant(wish, Constant.of(Tensor.stack(all, 0)));
    }

    private static String biases(Call c, int layer, int first, int directions, int[] gates) {
        var all = new ArrayList<Tensor>();
        for (int d = 0; d < directions; d++) {
            int at = first + d * 4;
            all.add(Tensor.cat(
                    List.of(ordered(c.known(at + 2, "a bias"), gates), ordered(c.known(at + 3, "a bias"), gates)), 0));
        }
        return c.constant("B" + layer, Constant.of(Tensor.stack(all, 0)));
    }
}
