package dev.fovea.export.quantise;

import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import dev.fovea.export.graph.OnnxFile;
import dev.fovea.export.optimise.Cleanup;
import dev.fovea.tensor.DType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Puts linear layers into eight bits without pictures: weights int8 for each output beforehand, inputs uint8 with the range that they have at that
 * moment. For networks that are mostly linear layers, such as vision transformers, whose values have ranges that differ much from picture to
 * picture. Products are whole numbers (MatMulInteger); everything else stays in float32.
 */
public final class DynamicQuantisation implements EightBitForm {
    private final Graph graph;

    private DynamicQuantisation(Graph graph) {
        this.graph = graph;
    }

    public static DynamicQuantisation of(Graph graph) {
        return new DynamicQuantisation(graph.copy());
    }

    @Override
    public List<String> layers() {
        return graph.nodes().stream()
                .filter(this::isLinear)
                .map(GraphNode::name)
                .toList();
    }

    /** A product with a matrix that is known. */
    private boolean isLinear(GraphNode node) {
        boolean known = graph.constant(node.input(1))
                .filter(w -> w.type() == DType.FLOAT32 && w.rank() == 2)
                .isPresent();
        return switch (node.op()) {
            case "MatMul" -> known && graph.constant(node.input(0)).isEmpty();
            case "Gemm" -> known && node.integer("transB", 0) == 1 && node.integer("transA", 0) == 0;
            default -> false;
        };
    }

    @Override
    public Graph graph(Set<String> left) {
        return new Writer(graph.copy()).write(left);
    }

    /** Writes the nodes anew. */
    private final class Writer {
        private final Graph copy;
        private final List<GraphNode> nodes = new ArrayList<>();
        /** Numbers, scale and zero point of values that were put into eight bits already. */
        private final Map<String, List<String>> numbers = new HashMap<>();

        Writer(Graph copy) {
            this.copy = copy;
        }

        Graph write(Set<String> left) {
            for (var node : List.copyOf(copy.nodes())) {
                if (isLinear(node) && !left.contains(node.name())) {
                    linear(node);
                } else {
                    nodes.add(node);
                }
            }
            copy.replaceNodes(nodes);
            Cleanup.apply(copy);
            return copy;
        }

        private void linear(GraphNode node) {
            boolean isGemm = node.op().equals("Gemm");
            String name = node.input(1);
            var given = copy.constants().get(name);
            var layer = EightBits.layer(isGemm ? given : EightBits.transposed(given), null, 1);
            String weight = copy.add(name + ".int8", EightBits.transposed(layer.weight()));
            String weightScale = copy.add(name + ".scale", layer.scale());
            var input = numbers.computeIfAbsent(node.input(0), value -> numbers(value, node.module()));
            String sum = emit("MatMulInteger", node, Map.of(), input.get(0), weight, input.get(2));
            Map<String, Object> toFloat = Map.of("to", (long) OnnxFile.code(DType.FLOAT32));
            String real = emit("Cast", node, toFloat, sum);
            String scale = emit("Mul", node, Map.of(), input.get(1), weightScale);
            boolean hasBias = isGemm && !node.input(2).isEmpty();
            if (hasBias) {
                String product = emit("Mul", node, Map.of(), real, scale);
                nodes.add(GraphNode.of(
                        "Add", List.of(product, node.input(2)), List.of(node.output()), Map.of(), node.module()));
            } else {
                nodes.add(GraphNode.of("Mul", List.of(real, scale), List.of(node.output()), Map.of(), node.module()));
            }
        }

        private List<String> numbers(String value, String module) {
            var made = List.of(
                    copy.freshName(value + "/uint8"),
                    copy.freshName(value + "/scale"),
                    copy.freshName(value + "/zero"));
            nodes.add(GraphNode.of("DynamicQuantizeLinear", List.of(value), made, Map.of(), module));
            return made;
        }

        private String emit(String op, GraphNode from, Map<String, Object> attributes, String... inputs) {
            String output = copy.freshName(from.output() + "/" + op);
            nodes.add(GraphNode.of(op, List.of(inputs), List.of(output), attributes, from.module()));
            return output;
        }
    }
}
