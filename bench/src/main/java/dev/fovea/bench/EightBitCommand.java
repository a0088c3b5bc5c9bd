package dev.fovea.bench;

import dev.fovea.bench.eightbit.EightBitFiles;
import dev.fovea.bench.inference.InferenceSettings;
import dev.fovea.models.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Exported networks in eight bits against the same in float32. */
@Command(
        name = "int8",
        mixinStandardHelpOptions = true,
        description =
                "Exported networks in eight bits against the same in float32, on Fovea's runtime: pictures a second and size of the file.")
final class EightBitCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "resnet18,resnet50,mobilenet_v2",
            description = "Networks (default ${DEFAULT-VALUE}).")
    private List<String> models;

    @Option(
            names = "--batches",
            split = ",",
            defaultValue = "1,8",
            description = "Pictures at a time (default ${DEFAULT-VALUE}).")
    private List<Integer> batches;

    @Option(names = "--side", defaultValue = "224", description = "Width and height (default ${DEFAULT-VALUE}).")
    private int side;

    @Option(
            names = "--files",
            description = "Where the exported files go, and are found again (default: a new folder).")
    private Path folder;

    @Option(names = "--export-only", description = "Write the files and measure nothing.")
    private boolean exportOnly;

    @Override
    public Integer call() throws IOException {
        models.forEach(Models::get); // a wrong name is told before the first export
        var to = folder == null ? Files.createTempDirectory("fovea-int8") : Files.createDirectories(folder);
        var files = new LinkedHashMap<String, EightBitFiles>();
        for (String model : models) {
            files.put(model, EightBitFiles.at(model, side, to));
        }
        if (exportOnly) {
            return 0;
        }
        var table = new FigureTable("network", "batch", "float32 ms", "int8 ms", "times as fast", "size");
        for (var entry : files.entrySet()) {
            for (int batch : batches) {
                table.add(row(entry.getKey(), entry.getValue(), batch));
            }
        }
        System.out.println(table);
        return 0;
    }

    private List<String> row(String model, EightBitFiles files, int batch) throws IOException {
        var outcomes = flags.run(
                "inference in eight bits, " + model + ", " + side + "x" + side + ", batch " + batch,
                List.of(contender("int8", files.eight(), batch), contender("float32", files.exact(), batch)),
                Math.max(2, 16 / batch),
                4);
        var row = new ArrayList<>(List.of(model, String.valueOf(batch)));
        if (outcomes.size() == 2
                && outcomes.get(0) instanceof Outcome.Measured eight
                && outcomes.get(1) instanceof Outcome.Measured exact) {
            double fast = eight.samples().median();
            double slow = exact.samples().median();
            row.addAll(List.of(number("%.1f", slow * 1000), number("%.1f", fast * 1000), number("%.2f", slow / fast)));
        } else {
            row.addAll(List.of("–", "–", "–"));
        }
        row.add(number("%.3f", files.sizeRatio()));
        return row;
    }

    private Contender contender(String name, Path file, int batch) {
        var settings = InferenceSettings.of(file, batch, side, flags.threads);
        return new Contender(name, Commands.java(settings.command("runtime-inference")));
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
