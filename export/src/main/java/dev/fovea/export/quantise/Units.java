package dev.fovea.export.quantise;

import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which nodes of a float graph can compute in eight bits, each with the activation that its result's range takes over. */
final class Units {
    /** How a node is turned into eight bits. */
    enum Kind {
        /** Weights in 8 bits for each output channel, bias in 32. */
        LAYER,
        /** Two values or more, each with a range of its own. */
        JOIN,
        /** The result has the input's numbers: its range is the input's. */
        MOVE,
        /** One value with a range of its own. */
        POOL,
        /** x relu6(x + 3) / 6: a sum that is cut off by its range, and a product. */
        HARD_SWISH,
        HARD_SIGMOID,
        SIGMOID
    }

    /**
     * A node and the activation behind it.
     *
     * @param activation Relu or Clip from 0, or null
     */
    record Unit(Kind kind, GraphNode node, GraphNode activation) {
        /** The value that others read. */
        String output() {
            return activation == null ? node.output() : activation.output();
        }
    }

    private static final Map<String, Kind> KINDS = Map.ofEntries(
            Map.entry("Conv", Kind.LAYER),
            Map.entry("Gemm", Kind.LAYER),
            Map.entry("Add", Kind.JOIN),
            Map.entry("Mul", Kind.JOIN),
            Map.entry("Concat", Kind.JOIN),
            Map.entry("MaxPool", Kind.MOVE),
            Map.entry("Flatten", Kind.MOVE),
            Map.entry("Reshape", Kind.MOVE),
            Map.entry("Transpose", Kind.MOVE),
            Map.entry("Squeeze", Kind.MOVE),
            Map.entry("Unsqueeze", Kind.MOVE),
            Map.entry("AveragePool", Kind.POOL),
            Map.entry("GlobalAveragePool", Kind.POOL),
            Map.entry("HardSwish", Kind.HARD_SWISH),
            Map.entry("HardSigmoid", Kind.HARD_SIGMOID),
            Map.entry("Sigmoid", Kind.SIGMOID));

    private final Graph graph;
    private final Map<String, List<GraphNode>> consumers;
    private final Set<String> outputs = new HashSet<>();

    private Units(Graph graph) {
        this.graph = graph;
        consumers = graph.consumers();
        graph.outputs().forEach(o -> outputs.add(o.name()));
    }

    /** The units of a graph by the name of their node, in order, without those that nothing in eight bits would feed or read. */
    static Map<String, Unit> of(Graph graph, Set<String> left) {
        var units = new Units(graph);
        var found = new java.util.LinkedHashMap<String, Unit>();
        for (var node : graph.nodes()) {
            var kind = KINDS.get(node.op());
            if (kind != null && !left.contains(node.name()) && units.isPossible(kind, node)) {
                found.put(node.name(), new Unit(kind, node, units.activation(kind, node)));
            }
        }
        units.dropLonely(found);
        return found;
    }

    private boolean isPossible(Kind kind, GraphNode node) {
        return switch (kind) {
            case LAYER -> isLayer(node);
            case JOIN -> node.inputs().stream().noneMatch(i -> graph.constant(i).isPresent());
            case HARD_SIGMOID -> Math.abs((Double) node.attributes().get("alpha") - 1.0 / 6) < 1e-6;
            default -> graph.constant(node.input(0)).isEmpty();
        };
    }

    private boolean isLayer(GraphNode node) {
        var weight = graph.constant(node.input(1));
        boolean known = weight.isPresent()
                && weight.get().type() == DType.FLOAT32
                && (node.input(2).isEmpty() || graph.constant(node.input(2)).isPresent());
        return known && (node.op().equals("Conv") ? weight.get().rank() == 4 : node.integer("transB", 0) == 1);
    }

    /** Relu, or Clip from 0, where it is the only reader: the range of 8-bit numbers then does its work. */
    private GraphNode activation(Kind kind, GraphNode node) {
        boolean computes =
                kind == Kind.LAYER || node.op().equals("Add") || node.op().equals("Mul");
        var readers = consumers.getOrDefault(node.output(), List.of());
        if (!computes || readers.size() != 1 || outputs.contains(node.output())) {
            return null;
        }
        var reader = readers.get(0);
        boolean cuts = reader.op().equals("Relu") || (reader.op().equals("Clip") && low(reader) == 0);
        return cuts ? reader : null;
    }

    private double low(GraphNode clip) {
        return graph.constant(clip.input(1))
                .map(c -> (double) c.floats().get(0))
                .orElse(Double.NEGATIVE_INFINITY);
    }

    /** Where an activation cuts values off above. */
    static double high(Graph graph, GraphNode activation) {
        return activation.op().equals("Clip") && !activation.input(2).isEmpty()
                ? graph.constants().get(activation.input(2)).floats().get(0)
                : Double.POSITIVE_INFINITY;
    }

    /**
     * Moves, joins and pools pay only between layers: those without a layer in eight bits behind or before them, over other such
     * units, would only add conversions.
     */
    private void dropLonely(Map<String, Unit> found) {
        var byValue = new HashMap<String, Unit>();
        found.values().forEach(u -> byValue.put(u.output(), u));
        var fed = new HashSet<String>();
        for (var unit : found.values()) {
            boolean isFed = unit.kind() == Kind.LAYER
                    || unit.node().inputs().stream().anyMatch(i -> byValue.containsKey(i) && fed.contains(i));
            if (isFed) {
                fed.add(unit.output());
            }
        }
        found.values().removeIf(u -> !fed.contains(u.output()));
    }

    /** The values that are measured: all that units read and make. */
    static List<String> values(Graph graph, Map<String, Unit> units) {
        var values = new ArrayList<String>();
        for (var unit : units.values()) {
            int last = unit.kind() == Kind.JOIN ? unit.node().inputs().size() : 1;
            for (String input : unit.node().inputs().subList(0, last)) {
                if (graph.constant(input).isEmpty()) {
                    values.add(input);
                }
            }
            values.add(unit.output());
        }
        return values.stream().distinct().toList();
    }
}
