package dev.fovea.bench;

import dev.fovea.bench.inference.ExportedNetworks;
import dev.fovea.bench.inference.InferenceSettings;
import dev.fovea.bench.inference.Latencies;
import dev.fovea.bench.inference.PictureFolder;
import dev.fovea.models.Models;
import dev.fovea.runtime.Classifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** From JPEG files to predictions. */
@Command(
        name = "folder",
        mixinStandardHelpOptions = true,
        description =
                "A folder of JPEG files to predictions, 'fovea predict' from start to end, against decoding alone, inference alone"
                        + " and torchvision's loader with its network in Python; then how long single pictures take.")
final class FolderCommand implements Callable<Integer> {
    private static final int BATCH = 16;
    private static final int WARM_UP_PICTURES = 20;

    @Mixin
    private RaceFlags flags;

    @Parameters(paramLabel = "FOLDER", description = "A folder with a folder of JPEG files for each class.")
    private Path folder;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "resnet18,mobilenet_v3_large",
            description = "Names that the registry and torchvision share (default ${DEFAULT-VALUE}).")
    private List<String> models;

    @Override
    public Integer call() throws IOException {
        LoadingCommand.checkFolder(folder);
        models.forEach(Models::get);
        var files = PictureFolder.jpegs(folder);
        var bounds = new ArrayList<String>();
        var latencies = new FigureTable("network", "decoding p50", "p99", "file to classes p50", "p99");
        try (var networks = new ExportedNetworks()) {
            for (String model : models) {
                race(model, networks.file(model), files.size()).ifPresent(b -> bounds.add(model + ": " + b));
            }
            for (String model : models) {
                System.err.println("bench: single pictures, " + model);
                try (var classifier = Classifier.load(networks.file(model))) {
                    latencies.add(row(model, Latencies.of(classifier, files, WARM_UP_PICTURES)));
                }
            }
        }
        bounds.forEach(System.out::println);
        System.out.println("\nSingle pictures, one after the other, milliseconds\n\n" + latencies);
        return 0;
    }

    private java.util.Optional<FolderBound> race(String model, Path onnx, int files) throws IOException {
        int whole = files / BATCH * BATCH;
        int side = Models.get(model).imageSize();
        var inference = new InferenceSettings(onnx, BATCH, side, flags.threads, Math.max(BATCH, whole));
        String path = folder.toString();
        var outcomes = flags.run(
                "from " + files + " JPEG files to predictions, " + model + ", batch " + BATCH,
                List.of(
                        new Contender(
                                "fovea",
                                Commands.java("predicted-folder", onnx.toString(), path, String.valueOf(BATCH))),
                        new Contender("decoding alone", Commands.java("decoded-folder", path)),
                        new Contender("inference alone", Commands.java(inference.command("runtime-inference"))),
                        new Contender(
                                "python",
                                Commands.python(
                                        flags.python,
                                        "folder",
                                        model,
                                        path,
                                        String.valueOf(BATCH),
                                        String.valueOf(flags.threads)))),
                1,
                1);
        return FolderBound.of(outcomes);
    }

    private static List<String> row(String model, Latencies latencies) {
        return List.of(
                model,
                milliseconds(latencies.decoding().quantile(0.5)),
                milliseconds(latencies.decoding().quantile(0.99)),
                milliseconds(latencies.whole().quantile(0.5)),
                milliseconds(latencies.whole().quantile(0.99)));
    }

    private static String milliseconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds * 1000);
    }
}
