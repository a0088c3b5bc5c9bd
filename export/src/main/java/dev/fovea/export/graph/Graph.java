package dev.fovea.export.graph;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * An ONNX graph while it is built: nodes in an order in which they can run, constants (the initialisers) by name, inputs, outputs. Every name is
 * given once.
 */
public final class Graph {
    private final int opset;
    private final List<GraphNode> nodes = new ArrayList<>();
    private final Map<String, Constant> constants = new LinkedHashMap<>();
    private final List<GraphValue> inputs = new ArrayList<>();
    private final List<GraphValue> outputs = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();
    private final Set<String> names = new HashSet<>();
    private final Map<String, Integer> next = new HashMap<>();

    public Graph(int opset) {
        this.opset = opset;
    }

    /** The version of ONNX's operators. */
    public int opset() {
        return opset;
    }

    public List<GraphNode> nodes() {
        return nodes;
    }

    public Map<String, Constant> constants() {
        return constants;
    }

    public List<GraphValue> inputs() {
        return inputs;
    }

    public List<GraphValue> outputs() {
        return outputs;
    }

    /** Text entries of the file. */
    public Map<String, String> metadata() {
        return metadata;
    }

    /** A name that nothing has yet: the wish itself, or with a number behind it. */
    public String freshName(String wish) {
        String name = wish;
        while (!names.add(name)) {
            name = wish + "_" + next.merge(wish, 1, Integer::sum);
        }
        return name;
    }

    /** Adds a constant under a fresh name like the given one. */
    public String add(String wish, Constant constant) {
        String name = freshName(wish);
        constants.put(name, constant);
        return name;
    }

    /** Adds an input and takes its name. */
    public void addInput(GraphValue value) {
        if (!names.add(value.name())) {
            throw new IllegalArgumentException("two values are called '" + value.name() + "'");
        }
        inputs.add(value);
    }

    /** The constant of that name, if it is one. */
    public Optional<Constant> constant(String name) {
        return Optional.ofNullable(constants.get(name));
    }

    /** Which node makes each value. */
    public Map<String, GraphNode> producers() {
        var map = new HashMap<String, GraphNode>();
        nodes.forEach(n -> n.outputs().forEach(o -> map.put(o, n)));
        return map;
    }

    /** How often each value is read, by nodes or as an output of the graph. */
    public Map<String, Integer> uses() {
        var map = new HashMap<String, Integer>();
        nodes.forEach(n -> n.inputs().forEach(i -> map.merge(i, 1, Integer::sum)));
        outputs.forEach(o -> map.merge(o.name(), 1, Integer::sum));
        return map;
    }

    /** The nodes that read each value. */
    public Map<String, List<GraphNode>> consumers() {
        var map = new HashMap<String, List<GraphNode>>();
        nodes.forEach(n -> n.inputs().stream().distinct().forEach(i -> map.computeIfAbsent(i, k -> new ArrayList<>())
                .add(n)));
        return map;
    }

    /** Puts other nodes in the place of all. */
    public void replaceNodes(List<GraphNode> others) {
        var kept = List.copyOf(others);
        nodes.clear();
        nodes.addAll(kept);
    }

    /** Renames values wherever they are read; who makes them is not touched. */
    public void renameReads(UnaryOperator<String> renaming) {
        nodes.replaceAll(n -> n.withInputs(n.inputs().stream().map(renaming).toList()));
        outputs.replaceAll(o -> new GraphValue(renaming.apply(o.name()), o.type(), o.dims()));
    }

    /** A graph of its own with the same nodes and constants, which are not copied. */
    public Graph copy() {
        var copy = new Graph(opset);
        copy.nodes.addAll(nodes);
        copy.constants.putAll(constants);
        copy.inputs.addAll(inputs);
        copy.outputs.addAll(outputs);
        copy.metadata.putAll(metadata);
        copy.names.addAll(names);
        copy.next.putAll(next);
        return copy;
    }

    /** The bytes of all constants. */
    public long constantBytes() {
        return constants.values().stream()
                .mapToLong(c -> (long) c.count() * c.type().bytes())
                .sum();
    }
}
