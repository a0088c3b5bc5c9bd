package dev.fovea.export;

import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.OnnxFile;
import dev.fovea.export.lower.CannotExportException;
import dev.fovea.export.lower.Lowering;
import dev.fovea.export.lower.Recordings;
import dev.fovea.export.optimise.BatchNormFolding;
import dev.fovea.export.optimise.Cleanup;
import dev.fovea.export.optimise.HalfWeights;
import dev.fovea.export.optimise.Sharing;
import dev.fovea.models.Backbone;
import dev.fovea.nn.Module;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Writes a network as an ONNX file. The network runs a few times on samples of different sizes; what it did becomes a graph, batch
 * normalisation moves into convolutions, what does not depend on the picture becomes a constant. Before the file gets its name, ONNX Runtime
 * loads it and its outputs are compared with the network's.
 *
 * <p>The graph takes {@code input}, float32 {@code [batch, channels, height, width]} (or, with
 * {@link EmbeddedPreprocessing}, uint8 {@code [batch, height, width, channels]}), and gives {@code logits} {@code [batch, classes]}.
 */
public final class OnnxExport {
    /** The key of the metadata that says how weights are stored: float32, float16, bfloat16 or int8. */
    public static final String WEIGHTS = "fovea.weights";

    private OnnxExport() {}

    /**
     * Exports a network, which must be on the CPU in float32.
     *
     * @param size of the pictures it takes
     * @param metadata text entries of the file, see {@link dev.fovea.runtime.ModelMetadata}
     * @param to the file to be written; an old one is replaced
     * @throws CannotExportException if the network does what a graph cannot show; the message names layer and operation
     * @throws IOException if the file cannot be written; nothing is left behind then
     * @throws IllegalStateException if the file's outputs are not the network's; nothing is left behind then
     */
    public static ExportReport export(
            Backbone network, Size size, Map<String, String> metadata, ExportOptions options, Path to)
            throws IOException {
        return export(network, size, metadata, options, List.of(), to);
    }

    /**
     * Exports a network whose graph is changed after it was found right. The file is compared with the graph before the last change.
     *
     * @param alterations in their order
     * @see #export(Backbone, Size, Map, ExportOptions, Path)
     */
    public static ExportReport export(
            Backbone network,
            Size size,
            Map<String, String> metadata,
            ExportOptions options,
            List<Alteration> alterations,
            Path to)
            throws IOException {
        return export(Subject.of(network, size, options), metadata, options, alterations, to);
    }

    static ExportReport export(
            Subject subject, Map<String, String> metadata, ExportOptions options, List<Alteration> alterations, Path to)
            throws IOException {
        long start = System.nanoTime();
        try (var draft = new Draft(to)) {
            var graph = graph(subject, options);
            graph.metadata().putAll(metadata);
            graph.metadata().put(WEIGHTS, options.weights().toString());
            var check = new ExportCheck(subject, options);
            if (options.weights() != DType.FLOAT32 || !alterations.isEmpty()) {
                // Held to the strict limit as long as weights are exact; rounding is then all that is left.
                try (var session = Session.open(graph)) {
                    check.require(session, ExportCheck.STRICT);
                }
            }
            if (options.weights() != DType.FLOAT32) {
                HalfWeights.apply(graph, options.weights());
            }
            for (var alteration : alterations) {
                graph = alteration.apply(graph);
            }
            draft.write(graph, options.hasExternalData() || OnnxFile.needsExternalData(graph));
            Deviation deviation;
            try (var session = Session.open(draft.file())) {
                deviation = alterations.isEmpty()
                        ? check.require(session, ExportCheck.limit(options.weights()))
                        : alterations.get(alterations.size() - 1).check(session);
            }
            draft.publish();
            return ExportReport.of(draft.targets(), graph, deviation, System.nanoTime() - start);
        }
    }

    /** The graph of a network, optimised, without metadata. */
    public static Graph graph(Backbone network, Size size, ExportOptions options) {
        return graph(Subject.of(network, size, options), options);
    }

    static Graph graph(Subject subject, ExportOptions options) {
        boolean training = subject.network().isTraining();
        subject.network().eval();
        try (var scope = Scope.open()) {
            var samples = new ArrayList<List<Tensor>>();
            for (var shape : shapes(subject, options)) {
                samples.add(List.of(subject.samples().image(samples.size(), shape)));
            }
            return graph(
                    subject.network(),
                    images -> subject.run().apply(images.get(0)),
                    samples,
                    List.of(ModelMetadata.INPUT),
                    subject.outputs(),
                    options.opset());
        } finally {
            subject.network().train(training);
        }
    }

    /**
     * The graph of any run of a module, optimised.
     *
     * @param samples one list of inputs for each recording; lengths that differ between them stay free in the graph
     */
    public static Graph graph(
            Module network,
            Function<List<Tensor>, List<Tensor>> run,
            List<List<Tensor>> samples,
            List<String> inputNames,
            List<String> outputNames,
            int opset) {
        try (var recordings = Recordings.of(network, samples, run)) {
            var graph = Lowering.lower(recordings, inputNames, outputNames, opset);
            Sharing.apply(graph); // before names are given to outputs
            Cleanup.apply(graph);
            BatchNormFolding.apply(graph);
            Cleanup.apply(graph);
            return graph;
        }
    }

    /** Two batches tell what follows the batch; a longer height and a longer width what follows them. */
    private static List<long[]> shapes(Subject subject, ExportOptions options) {
        var size = subject.size();
        int channels = subject.channels();
        var shapes = new ArrayList<long[]>();
        for (int batch : subject.batches()) {
            shapes.add(new long[] {batch, channels, size.height(), size.width()});
        }
        if (options.isSizeFree()) {
            long batch = subject.batches().get(0);
            int step = subject.step();
            shapes.add(new long[] {batch, channels, size.height() + 2L * step, size.width()});
            shapes.add(new long[] {batch, channels, size.height(), size.width() + 3L * step});
        }
        return shapes;
    }
}
