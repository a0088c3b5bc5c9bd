package dev.fovea.export.quantise;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.export.optimise.Cleanup;
import dev.fovea.export.quantise.Units.Kind;
import dev.fovea.export.quantise.Units.Unit;
import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Writes a float graph anew with its units in eight bits. */
final class QuantisedGraph {
    private static final Range UNIT = new Range(0, 1);

    private final Graph graph;
    private final Map<String, Unit> units;
    private final Map<String, Range> ranges;
    private final List<GraphNode> nodes = new ArrayList<>();
    private final Set<String> outputs = new HashSet<>();
    /** The 8-bit numbers of a value. */
    private final Map<String, String> numbers = new HashMap<>();
    /** A value made real again from its numbers. */
    private final Map<String, String> real = new HashMap<>();
    /** Values that only exist as numbers: whoever reads them in float reads {@link #real}. */
    private final Set<String> gone = new HashSet<>();

    QuantisedGraph(Graph graph, Map<String, Unit> units, Map<String, Range> ranges) {
        this.graph = graph;
        this.units = units;
        this.ranges = ranges;
        graph.outputs().forEach(o -> outputs.add(o.name()));
    }

    Graph build() {
        var absorbed = new HashSet<String>();
        units.values().forEach(u -> {
            if (u.activation() != null) {
                absorbed.add(u.activation().name());
            }
        });
        for (var node : graph.nodes()) {
            var unit = units.get(node.name());
            if (unit != null) {
                write(unit);
            } else if (!absorbed.contains(node.name())) {
                nodes.add(node.withInputs(node.inputs().stream()
                        .map(i -> gone.contains(i) ? dequantised(i) : i)
                        .toList()));
            }
        }
        graph.replaceNodes(nodes);
        Cleanup.apply(graph);
        return graph;
    }

    // --- values ----------------------------------------------------------------------------------------------------

    private String emit(String op, String wish, String module, Map<String, Object> attributes, String... inputs) {
        String output = graph.freshName(wish);
        nodes.add(GraphNode.of(op, List.of(inputs), List.of(output), attributes, module));
        return output;
    }

    private String constant(String wish, Constant constant) {
        return graph.add(wish, constant);
    }

    /** The scale and the zero point of a range as constants. */
    private String[] parameters(String value, Range range) {
        return new String[] {
            constant(value + ".scale", Constant.scalar(range.scale(), DType.FLOAT32)),
            constant(value + ".zero", Constant.scalar(range.zeroPoint(), DType.UINT8))
        };
    }

    private String quantised(String value) {
        var known = numbers.get(value);
        if (known != null) {
            return known;
        }
        var p = parameters(value, ranges.get(value));
        String made = emit("QuantizeLinear", value + "/uint8", "", Map.of(), value, p[0], p[1]);
        numbers.put(value, made);
        return made;
    }

    private String dequantised(String value) {
        var known = real.get(value);
        if (known != null) {
            return known;
        }
        String from = quantised(value);
        var p = parameters(value, ranges.get(value));
        String made = emit("DequantizeLinear", value + "/real", "", Map.of(), from, p[0], p[1]);
        real.put(value, made);
        return made;
    }

    /** The numbers of a value read with other parameters. */
    private String reread(String value, double factor) {
        var range = ranges.get(value);
        String from = quantised(value);
        String scale = constant(value + ".scale", Constant.scalar(range.scale() * factor, DType.FLOAT32));
        String zero = constant(value + ".zero", Constant.scalar(range.zeroPoint(), DType.UINT8));
        return emit("DequantizeLinear", value + "/scaled", "", Map.of(), from, scale, zero);
    }

    // --- units -----------------------------------------------------------------------------------------------------

    private void write(Unit unit) {
        String output = unit.output();
        var node = unit.node();
        switch (unit.kind()) {
            case LAYER -> layer(unit);
            case JOIN ->
                nodes.add(node.withInputs(
                                node.inputs().stream().map(this::dequantised).toList())
                        .withOutputs(List.of(output)));
            case MOVE, POOL, SIGMOID -> {
                var inputs = new ArrayList<>(node.inputs());
                inputs.set(0, dequantised(node.input(0)));
                nodes.add(node.withInputs(inputs).withOutputs(List.of(output)));
            }
            case HARD_SIGMOID -> nodes.add(shifted(node, output));
            case HARD_SWISH -> {
                String gate = graph.freshName(output + "/gate");
                nodes.add(shifted(node, gate));
                ranges.put(gate, UNIT);
                String product = dequantised(gate);
                nodes.add(GraphNode.of(
                        "Mul", List.of(dequantised(node.input(0)), product), List.of(output), Map.of(), node.module()));
            }
        }
        if (!outputs.contains(output)) {
            gone.add(output);
            quantised(output);
        } else if (unit.kind() != Kind.LAYER || unit.activation() != null) {
            restoreOutput(output);
        }
    }

    /** x / 6 + 1/2, which the range from 0 to 1 behind it cuts off as relu6(x + 3) / 6 is cut off. */
    private GraphNode shifted(GraphNode node, String output) {
        String number = constant("half", Constant.scalar(1, DType.UINT8));
        String scale = constant("half.scale", Constant.scalar(0.5, DType.FLOAT32));
        String zero = constant("half.zero", Constant.scalar(0, DType.UINT8));
        String half = emit("DequantizeLinear", "half/real", node.module(), Map.of(), number, scale, zero);
        String sixth = reread(node.input(0), 1.0 / 6);
        return GraphNode.of("Add", List.of(sixth, half), List.of(output), Map.of(), node.module());
    }

    /** An output of the graph keeps its name and is real, but passes through its numbers, which cut it off where an activation did. */
    private void restoreOutput(String output) {
        int last = nodes.size() - 1;
        String inner = graph.freshName(output + "/raw");
        ranges.put(inner, ranges.get(output));
        nodes.set(last, nodes.get(last).withOutputs(List.of(inner)));
        String from = quantised(inner);
        var p = parameters(output, ranges.get(output));
        nodes.add(GraphNode.of("DequantizeLinear", List.of(from, p[0], p[1]), List.of(output), Map.of(), ""));
    }

    private void layer(Unit unit) {
        var node = unit.node();
        String input = node.input(0);
        String weight = node.input(1);
        var bias = node.input(2).isEmpty() ? null : graph.constants().get(node.input(2));
        var layer = EightBits.layer(
                graph.constants().get(weight), bias, ranges.get(input).scale());
        boolean isGemm = node.op().equals("Gemm");
        var inputs = new ArrayList<String>(List.of(dequantised(input)));
        inputs.add(emit(
                "DequantizeLinear",
                weight + "/real",
                node.module(),
                Map.of("axis", isGemm ? 1L : 0L),
                constant(weight + ".int8", isGemm ? EightBits.transposed(layer.weight()) : layer.weight()),
                constant(weight + ".scale", layer.scale()),
                constant(weight + ".zero", zeros(DType.INT8, layer.scale().count()))));
        if (layer.bias() != null) {
            inputs.add(emit(
                    "DequantizeLinear",
                    node.input(2) + "/real",
                    node.module(),
                    Map.of("axis", 0L),
                    constant(node.input(2) + ".int32", layer.bias()),
                    constant(node.input(2) + ".scale", layer.biasScale())));
        }
        var written = node.withInputs(inputs).withOutputs(List.of(unit.output()));
        nodes.add(isGemm ? written.withAttribute("transB", 0L) : written);
    }

    private static Constant zeros(DType type, int count) {
        return Constant.of(type, java.nio.ByteBuffer.allocate(count * type.bytes()), count);
    }
}
