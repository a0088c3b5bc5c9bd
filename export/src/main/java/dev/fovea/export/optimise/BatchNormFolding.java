package dev.fovea.export.optimise;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Moves batch normalisation into the convolution or linear layer before it, where nothing else reads that layer's result: the weights of
 * each output channel are scaled, its bias is scaled and shifted. Computed in double precision.
 */
public final class BatchNormFolding {
    private BatchNormFolding() {}

    /** Scale and shift that a normalisation means for each channel. */
    private static final class Affine {
        private final double[] scale;
        private final double[] shift;

        private Affine(double[] scale, double[] shift) {
            this.scale = scale;
            this.shift = shift;
        }

        static Affine of(Graph graph, GraphNode norm) {
            float[] weight = graph.constants().get(norm.input(1)).toFloatArray();
            float[] bias = graph.constants().get(norm.input(2)).toFloatArray();
            float[] mean = graph.constants().get(norm.input(3)).toFloatArray();
            float[] variance = graph.constants().get(norm.input(4)).toFloatArray();
            double eps = norm.attributes().get("epsilon") instanceof Double d ? d : 1e-5;
            var scale = new double[weight.length];
            var shift = new double[weight.length];
            for (int c = 0; c < scale.length; c++) {
                scale[c] = weight[c] / Math.sqrt(variance[c] + eps);
                shift[c] = bias[c] - mean[c] * scale[c];
            }
            return new Affine(scale, shift);
        }
    }

    public static void apply(Graph graph) {
        var producers = graph.producers();
        var uses = graph.uses();
        Map<String, GraphNode> replaced = new HashMap<>();
        var dropped = new ArrayList<GraphNode>();
        for (var norm : graph.nodes()) {
            var layer = norm.op().equals("BatchNormalization") ? producers.get(norm.input(0)) : null;
            if (layer != null && uses.get(norm.input(0)) == 1 && isFoldable(graph, norm, layer)) {
                replaced.put(layer.name(), fold(graph, norm, layer));
                dropped.add(norm);
            }
        }
        var nodes = new ArrayList<GraphNode>();
        for (var node : graph.nodes()) {
            if (!dropped.contains(node)) {
                nodes.add(replaced.getOrDefault(node.name(), node));
            }
        }
        graph.replaceNodes(nodes);
    }

    private static boolean isFoldable(Graph graph, GraphNode norm, GraphNode layer) {
        boolean kind =
                switch (layer.op()) {
                    case "Conv" -> true;
                    case "ConvTranspose" -> layer.integer("group", 1) == 1;
                    case "Gemm" -> layer.integer("transB", 0) == 1;
                    default -> false;
                };
        boolean known = kind
                && graph.constant(layer.input(1)).isPresent()
                && (layer.input(2).isEmpty() || graph.constant(layer.input(2)).isPresent())
                && norm.inputs().stream().skip(1).allMatch(n -> graph.constant(n)
                        .isPresent());
        return known && graph.uses().get(layer.input(1)) == 1;
    }

    private static GraphNode fold(Graph graph, GraphNode norm, GraphNode layer) {
        var affine = Affine.of(graph, norm);
        var weight = graph.constants().get(layer.input(1));
        int outputAxis = layer.op().equals("ConvTranspose") ? 1 : 0;
        graph.constants().put(layer.input(1), scaled(weight, outputAxis, affine.scale));
        var bias = new float[affine.scale.length];
        float[] old = layer.input(2).isEmpty()
                ? new float[bias.length]
                : graph.constants().get(layer.input(2)).toFloatArray();
        for (int c = 0; c < bias.length; c++) {
            bias[c] = (float) (old[c] * affine.scale[c] + affine.shift[c]);
        }
        if (!layer.input(2).isEmpty() && graph.uses().get(layer.input(2)) == 1) {
            graph.constants().put(layer.input(2), Constant.of(bias, bias.length));
            return layer.withOutputs(norm.outputs());
        }
        String wish = layer.input(1).endsWith(".weight")
                ? layer.input(1).replaceFirst("weight$", "bias")
                : layer.input(1) + ".bias";
        String name = graph.add(wish, Constant.of(bias, bias.length));
        return layer.withInputs(List.of(layer.input(0), layer.input(1), name)).withOutputs(norm.outputs());
    }

    private static Constant scaled(Constant weight, int axis, double... scale) {
        float[] values = weight.toFloatArray();
        long[] dims = weight.dims();
        int inner = 1;
        for (int d = axis + 1; d < dims.length; d++) {
            inner *= (int) dims[d];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale[i / inner % scale.length]);
        }
        return Constant.of(values, dims);
    }
}
