package dev.fovea.export;

import dev.fovea.models.Backbone;
import dev.fovea.nn.Module;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * What is exported: a network, what its graph takes and gives, and how both are compared.
 *
 * @param network whose parameters the graph has
 * @param name for messages
 * @param channels of its pictures
 * @param size of its pictures
 * @param step by how many pixels pictures grow so that all maps grow evenly
 * @param batches with which it is recorded
 * @param outputs the names of the results
 * @param run from pictures {@code [N, C, H, W]} to the results, in evaluation
 * @param samples inputs that look like its pictures
 * @param comparison how far results of the graph are from those of the network
 */
record Subject(
        Module network,
        String name,
        int channels,
        Size size,
        int step,
        List<Integer> batches,
        List<String> outputs,
        Function<Tensor, List<Tensor>> run,
        Sampling samples,
        Comparison comparison) {
    /** Makes pictures of a shape. */
    interface Sampling {
        Tensor image(long seed, long... shape);
    }

    /** Says how far the second results are from the first. */
    interface Comparison {
        Deviation between(Map<String, Tensor> expected, Map<String, Tensor> actual);
    }

    /** A network that gives logits. */
    static Subject of(Backbone network, Size size, ExportOptions options) {
        var outputs = options.hasEmbedding()
                ? List.of(ModelMetadata.LOGITS, ModelMetadata.EMBEDDING)
                : List.of(ModelMetadata.LOGITS);
        Function<Tensor, List<Tensor>> run = options.hasEmbedding()
                ? image -> List.of(network.call(image), network.embed(image))
                : image -> List.of(network.call(image));
        int step = network.featureStrides().stream().mapToInt(n -> n).max().orElse(1);
        // Batches of two and three tell what follows the batch.
        return new Subject(
                network,
                network.spec().toString(),
                network.inChannels(),
                size,
                step,
                List.of(2, 3),
                outputs,
                run,
                Samples::image,
                Subject::worst);
    }

    /** The largest deviation of any output. */
    static Deviation worst(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        var worst = new Deviation(0, 1);
        for (var entry : expected.entrySet()) {
            var found = Deviation.between(
                    entry.getValue().toFloatArray(), actual.get(entry.getKey()).toFloatArray());
            worst = found.max(worst);
        }
        return worst;
    }

    /** Results by name, in evaluation mode, which ends as it was. */
    Map<String, Tensor> results(Tensor image) {
        boolean training = network.isTraining();
        network.eval();
        try {
            var values = run.apply(image);
            var results = new LinkedHashMap<String, Tensor>();
            for (int i = 0; i < values.size(); i++) {
                results.put(outputs.get(i), values.get(i));
            }
            return results;
        } finally {
            network.train(training);
        }
    }
}
