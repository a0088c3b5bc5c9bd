package dev.fovea.bench.inference;

import dev.fovea.export.ExportOptions;
import dev.fovea.export.OnnxExport;
import dev.fovea.models.Models;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.Seeds;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;

/** Networks of the registry with random weights, exported for as long as this is open. */
public final class ExportedNetworks implements AutoCloseable {
    private static final int CLASSES = 1000;

    private final Path folder;
    private final Map<String, Path> files = new LinkedHashMap<>();

    public ExportedNetworks() throws IOException {
        folder = Files.createTempDirectory("fovea-bench");
    }

    /** A network for 1000 classes of RGB pictures of its usual size. */
    public Path file(String model) throws IOException {
        return file(model, 3, CLASSES);
    }

    /** A network for pictures of so many channels and so many classes, of its usual size. */
    public Path file(String model, int channels, int classes) throws IOException {
        var known = files.get(model);
        if (known != null) {
            return known;
        }
        int side = Models.get(model).imageSize();
        var normalize = channels == 3 ? Normalize.IMAGENET : Normalize.UNIT_GREY;
        var metadata = ModelMetadata.classifier(
                IntStream.range(0, classes).mapToObj(i -> "class" + i).toList(),
                new Preprocessing(ResizePolicy.evaluation(side), normalize));
        var file = folder.resolve(model + ".onnx");
        Seeds.set(1);
        try (var network = Models.classify(model, Map.of("classes", classes))) {
            OnnxExport.export(network, new Size(side, side), metadata.toMap(), ExportOptions.STANDARD, file);
        }
        files.put(model, file);
        return file;
    }

    /** Where the same network in another form may lie. */
    public Path beside(String model, String extension) {
        return folder.resolve(model + extension);
    }

    @Override
    public void close() throws IOException {
        try (var walk = Files.walk(folder)) {
            for (var file : walk.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
