package dev.fovea.export.optimise;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** Computes once what several nodes compute of the same values, for example what two outputs have in common. */
public final class Sharing {
    private Sharing() {}

    public static void apply(Graph graph) {
        var first = new HashMap<String, GraphNode>();
        var renamed = new HashMap<String, String>();
        var kept = new ArrayList<GraphNode>();
        for (var node : graph.nodes()) {
            var read = node.withInputs(
                    node.inputs().stream().map(i -> renamed.getOrDefault(i, i)).toList());
            // An output of the graph keeps its own node, which passes a value on.
            var same = read.op().equals("Identity") ? null : first.putIfAbsent(key(read), read);
            if (same == null) {
                kept.add(read);
            } else {
                for (int i = 0; i < read.outputs().size(); i++) {
                    renamed.put(read.outputs().get(i), same.outputs().get(i));
                }
            }
        }
        graph.replaceNodes(kept);
        graph.renameReads(name -> renamed.getOrDefault(name, name));
    }

    private static String key(GraphNode node) {
        var text = new StringBuilder(
                node.domain() + "/" + node.op() + node.inputs() + node.outputs().size());
        for (Map.Entry<String, Object> entry : new java.util.TreeMap<>(node.attributes()).entrySet()) {
            text.append(' ').append(entry.getKey()).append('=').append(text(entry.getValue()));
        }
        return text.toString();
    }

    private static String text(Object value) {
        if (value instanceof long[] many) {
            return Arrays.toString(many);
        } else if (value instanceof double[] many) {
            return Arrays.toString(many);
        } else if (value instanceof Constant constant) {
            return constant + " at " + System.identityHashCode(constant);
        }
        return value.toString();
    }
}
