package dev.fovea.export.optimise;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.export.graph.OnnxFile;
import dev.fovea.export.lower.CannotExportException;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Stores weights in 16 bits: half the file. A node turns them back into float32, which engines do once while they load, so that speed and
 * support are those of float32.
 */
public final class HalfWeights {
    private static final int LEAST_COUNT = 64;

    private HalfWeights() {}

    /** Rounds every larger float32 constant to float16 or bfloat16. */
    public static void apply(Graph graph, DType half) {
        var widened = new HashMap<String, String>();
        var casts = new ArrayList<GraphNode>();
        for (var entry : List.copyOf(graph.constants().entrySet())) {
            var constant = entry.getValue();
            if (constant.type() == DType.FLOAT32 && constant.count() >= LEAST_COUNT) {
                String name = entry.getKey();
                graph.constants().put(name, rounded(name, constant, half));
                String wide = graph.freshName(name + "/float32");
                Map<String, Object> to = Map.of("to", (long) OnnxFile.code(DType.FLOAT32));
                casts.add(GraphNode.of("Cast", List.of(name), List.of(wide), to, ""));
                widened.put(name, wide);
            }
        }
        graph.renameReads(name -> widened.getOrDefault(name, name));
        casts.addAll(graph.nodes());
        graph.replaceNodes(casts);
    }

    private static Constant rounded(String name, Constant constant, DType half) {
        try (var scope = Scope.open();
                var exact = Tensor.of(constant.toFloatArray(), constant.dims())) {
            var narrow = exact.to(half);
            if (exact.isfinite().all().itemLong() != narrow.isfinite().all().itemLong()) {
                throw new CannotExportException("'" + name + "' has values that " + half
                        + " cannot hold; use --bf16, which has the range of float32, or leave weights as they are");
            }
            return Constant.of(narrow);
        }
    }
}
