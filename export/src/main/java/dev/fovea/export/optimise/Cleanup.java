package dev.fovea.export.optimise;

import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Takes out nodes that only pass a value on, nodes that nobody reads, and constants that nobody reads. */
public final class Cleanup {
    private Cleanup() {}

    public static void apply(Graph graph) {
        nameResults(graph);
        passOn(graph);
        removeUnread(graph);
    }

    /** A node whose result is passed on to an output of the graph takes the output's name itself. */
    private static void nameResults(Graph graph) {
        var outputs = new HashSet<String>();
        graph.outputs().forEach(o -> outputs.add(o.name()));
        var renamed = new HashMap<String, String>();
        for (var node : List.copyOf(graph.nodes())) {
            String from = node.input(0);
            boolean toOutput = node.op().equals("Identity") && outputs.contains(node.output());
            if (toOutput
                    && graph.producers().containsKey(from)
                    && !outputs.contains(from)
                    && renamed.putIfAbsent(from, node.output()) == null) {
                graph.nodes().remove(node);
            }
        }
        graph.nodes()
                .replaceAll(n -> n.withOutputs(n.outputs().stream()
                        .map(o -> renamed.getOrDefault(o, o))
                        .toList()));
        graph.renameReads(name -> renamed.getOrDefault(name, name));
    }

    private static void passOn(Graph graph) {
        var outputs = new HashSet<String>();
        graph.outputs().forEach(o -> outputs.add(o.name()));
        var source = new HashMap<String, String>();
        var kept = new ArrayList<GraphNode>();
        for (var node : graph.nodes()) {
            if (node.op().equals("Identity") && !outputs.contains(node.output())) {
                source.put(node.output(), source.getOrDefault(node.input(0), node.input(0)));
            } else {
                kept.add(node);
            }
        }
        graph.replaceNodes(kept);
        graph.renameReads(name -> source.getOrDefault(name, name));
    }

    private static void removeUnread(Graph graph) {
        Set<String> read = new HashSet<>();
        graph.outputs().forEach(o -> read.add(o.name()));
        var kept = new ArrayList<GraphNode>();
        for (int i = graph.nodes().size() - 1; i >= 0; i--) {
            var node = graph.nodes().get(i);
            if (node.outputs().stream().anyMatch(read::contains)) {
                read.addAll(node.inputs());
                kept.add(node);
            }
        }
        Collections.reverse(kept);
        graph.replaceNodes(kept);
        graph.constants().keySet().removeIf(name -> !read.contains(name));
    }
}
