package dev.fovea.export.lower;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.export.graph.GraphValue;
import dev.fovea.tensor.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns recordings into a graph, operation by operation. What does not depend on the inputs becomes a constant. */
public final class Lowering {
    private final Recordings recordings;
    private final Graph graph;
    private final Lengths lengths;
    private final Map<Integer, String> names = new HashMap<>();
    private final Map<String, String> shared = new HashMap<>();

    private Lowering(Recordings recordings, Graph graph) {
        this.recordings = recordings;
        this.graph = graph;
        this.lengths = new Lengths(recordings);
    }

    /**
     * The graph of recordings. Free dimensions of inputs are named after their place: {@code batch}, {@code height}, {@code width}.
     *
     * @throws CannotExportException if an operation has no mapping, or not one for how it was used
     */
    public static Graph lower(Recordings recordings, List<String> inputNames, List<String> outputNames, int opset) {
        var graph = new Graph(opset);
        var lowering = new Lowering(recordings, graph);
        try (var scope = Scope.open()) {
            lowering.inputs(inputNames);
            outputNames.forEach(graph::freshName); // kept free for the end
            lowering.nodes();
            lowering.outputs(outputNames);
        }
        return graph;
    }

    private void inputs(List<String> inputNames) {
        for (int i = 0; i < inputNames.size(); i++) {
            int number = recordings.inputs().get(i);
            graph.addInput(value(inputNames.get(i), number));
            names.put(number, inputNames.get(i));
        }
    }

    private GraphValue value(String name, int number) {
        var value = recordings.base().values().get(number);
        var dims = new ArrayList<Object>();
        for (int d = 0; d < value.shape().rank(); d++) {
            boolean free = !Length.isConstant(recordings.lengths(number, d));
            dims.add(
                    free
                            ? dimName(value.shape().rank(), d, name)
                            : (Object) value.shape().dim(d));
        }
        return new GraphValue(name, value.type(), dims);
    }

    private static String dimName(int rank, int dim, String value) {
        if (dim == 0) {
            return "batch";
        }
        return rank == 4 && dim == 2 ? "height" : rank == 4 && dim == 3 ? "width" : value + "_dim" + dim;
    }

    private void nodes() {
        var nodes = recordings.base().nodes();
        var needed = needed();
        for (int i = 0; i < nodes.size(); i++) {
            var node = nodes.get(i);
            boolean wanted = node.outputs().stream().anyMatch(o -> needed[o] && !recordings.isFixed(o));
            if (wanted) {
                try (var scope = Scope.open()) {
                    Mappings.of(node).lower(new Call(this, node, i));
                }
            }
        }
    }

    /** What the outputs depend on, so that an operation nobody needs cannot stand in the way. */
    private boolean[] needed() {
        var needed = new boolean[recordings.base().values().size()];
        recordings.outputs().forEach(o -> needed[o] = true);
        var nodes = recordings.base().nodes();
        for (int i = nodes.size() - 1; i >= 0; i--) {
            var node = nodes.get(i);
            if (node.outputs().stream().anyMatch(o -> needed[o] && !recordings.isFixed(o))) {
                node.inputs().stream().filter(n -> n >= 0).forEach(n -> needed[n] = true);
            }
        }
        return needed;
    }

    private void outputs(List<String> outputNames) {
        for (int i = 0; i < outputNames.size(); i++) {
            int number = recordings.outputs().get(i);
            String wanted = outputNames.get(i);
            graph.nodes().add(GraphNode.of("Identity", List.of(name(number, "")), List.of(wanted), Map.of(), ""));
            graph.outputs().add(value(wanted, number));
        }
    }

    Recordings recordings() {
        return recordings;
    }

    Graph graph() {
        return graph;
    }

    Lengths lengths() {
        return lengths;
    }

    /** The graph's name for a value; one that is fixed becomes a constant when it is first asked for. */
    String name(int number, String module) {
        var known = names.get(number);
        if (known != null) {
            return known;
        }
        String state = recordings.state(number);
        if (!recordings.isFixed(number)) {
            throw CannotExportException.at(
                    module,
                    "constant",
                    "numbers copied from Java differ with the size of the input; compute them with"
                            + " tensor operations, or export for one size");
        }
        var tensor = recordings.base().tensor(number).orElseThrow();
        String wish = state != null ? state : (module.isEmpty() ? "" : module + ".") + "constant";
        String name = graph.add(wish, Constant.of(tensor));
        names.put(number, name);
        return name;
    }

    void bind(int number, String name) {
        names.put(number, name);
    }

    /** A value made once and used wherever the same key is asked for. */
    String shared(String key, java.util.function.Supplier<String> make) {
        var known = shared.get(key);
        if (known == null) {
            known = make.get();
            shared.put(key, known);
        }
        return known;
    }
}
