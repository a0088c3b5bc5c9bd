package dev.fovea.export.quantise;

import dev.fovea.export.graph.Constant;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.GraphNode;
import java.util.List;
import java.util.Map;

/** Writes batch normalisation of maps that no convolution could take over as a convolution of each channel with one weight. */
final class NormalisationAsConvolution {
    private NormalisationAsConvolution() {}

    static void apply(Graph graph) {
        graph.nodes().replaceAll(n -> n.op().equals("BatchNormalization") ? convolution(graph, n) : n);
    }

    private static GraphNode convolution(Graph graph, GraphNode norm) {
        boolean known =
                norm.inputs().stream().skip(1).allMatch(i -> graph.constant(i).isPresent());
        if (!known) {
            return norm;
        }
        float[] weight = graph.constants().get(norm.input(1)).toFloatArray();
        float[] bias = graph.constants().get(norm.input(2)).toFloatArray();
        float[] mean = graph.constants().get(norm.input(3)).toFloatArray();
        float[] variance = graph.constants().get(norm.input(4)).toFloatArray();
        double eps = norm.attributes().get("epsilon") instanceof Double d ? d : 1e-5;
        int channels = weight.length;
        var scale = new float[channels];
        var shift = new float[channels];
        for (int c = 0; c < channels; c++) {
            double s = weight[c] / Math.sqrt(variance[c] + eps);
            scale[c] = (float) s;
            shift[c] = (float) (bias[c] - mean[c] * s);
        }
        String scales = graph.add(norm.name() + ".scale", Constant.of(scale, channels, 1, 1, 1));
        String shifts = graph.add(norm.name() + ".shift", Constant.of(shift, channels));
        Map<String, Object> attributes = Map.of("kernel_shape", new long[] {1, 1}, "group", (long) channels);
        return GraphNode.of("Conv", List.of(norm.input(0), scales, shifts), norm.outputs(), attributes, norm.module());
    }
}
