package dev.fovea.bench.eightbit;

import dev.fovea.export.ExportOptions;
import dev.fovea.export.OnnxExport;
import dev.fovea.export.quantise.CalibrationMethod;
import dev.fovea.export.quantise.IntoEightBits;
import dev.fovea.export.quantise.Limits;
import dev.fovea.export.quantise.StaticQuantisation;
import dev.fovea.models.Models;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * A network with random weights as a file in float32 and one in eight bits, calibrated on noise: what they compute is worth nothing, how fast they do
 * is what real weights would give.
 */
public record EightBitFiles(Path exact, Path eight) {
    private static final int CLASSES = 1000;

    /** Both in a folder, written where they are not there yet. */
    public static EightBitFiles at(String model, int side, Path folder) throws IOException {
        String name = model + "-" + side;
        var files = new EightBitFiles(folder.resolve(name + ".onnx"), folder.resolve(name + "-int8.onnx"));
        if (!Files.exists(files.eight)) {
            write(model, side, files);
        }
        return files;
    }

    private static void write(String model, int side, EightBitFiles files) throws IOException {
        var size = Size.square(side);
        Seeds.set(1);
        try (var network = Models.classify(model, Map.of("classes", CLASSES));
                var scope = Scope.open()) {
            var pictures = List.of(Tensor.randn(DType.FLOAT32, Device.CPU, 4, 3, side, side));
            var labels = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
            var metadata = ModelMetadata.classifier(
                            labels, new Preprocessing(ResizePolicy.evaluation(side), Normalize.IMAGENET))
                    .toMap();
            OnnxExport.export(network, size, metadata, ExportOptions.STANDARD, files.exact);
            var change = new IntoEightBits(
                    graph -> StaticQuantisation.measure(graph, pictures, CalibrationMethod.MIN_MAX),
                    pictures,
                    Optional.empty(),
                    Limits.NONE,
                    note -> {});
            OnnxExport.export(network, size, metadata, ExportOptions.STANDARD, List.of(change), files.eight);
        }
    }

    /** Bytes in eight bits for each byte in float32. */
    public double sizeRatio() throws IOException {
        return (double) Files.size(eight) / Files.size(exact);
    }
}
