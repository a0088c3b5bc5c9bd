package dev.fovea.bench;

import dev.fovea.bench.inference.ExportedNetworks;
import dev.fovea.bench.inference.InferenceSettings;
import dev.fovea.bench.step.StepSettings;
import dev.fovea.models.Models;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Two engines in one process. */
@Command(
        name = "engines",
        mixinStandardHelpOptions = true,
        description =
                "libtorch and ONNX Runtime in one process, a pass of each in turn, against each alone in a process.")
final class EnginesCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "resnet18,mobilenet_v3_large",
            description = "Networks (default ${DEFAULT-VALUE}).")
    private List<String> models;

    @Option(names = "--batch", defaultValue = "1", description = "Pictures a pass (default ${DEFAULT-VALUE}).")
    private int batch;

    @Override
    public Integer call() throws IOException {
        var table = new FigureTable(
                "network", "libtorch alone", "ONNX alone", "both", "of the sum", "spinning", "of the sum");
        try (var networks = new ExportedNetworks()) {
            for (String model : models) {
                var outcomes = race(networks, model);
                if (outcomes.stream().allMatch(Outcome.Measured.class::isInstance) && outcomes.size() == 4) {
                    table.add(row(model, outcomes));
                }
            }
        }
        System.out.println("Milliseconds; both: a pass of each\n\n" + table);
        return 0;
    }

    private List<Outcome> race(ExportedNetworks networks, String model) throws IOException {
        int side = Models.get(model).imageSize();
        var onnx = InferenceSettings.of(networks.file(model), batch, side, flags.threads);
        var torch = StepSettings.of(model, "float32", batch, side, flags.threads);
        return flags.run(
                "libtorch and ONNX Runtime in one process, " + model + ", batch " + batch,
                List.of(
                        new Contender("libtorch alone", Commands.java(torch.command("fovea-inference"))),
                        new Contender("onnx alone", Commands.java(onnx.command("runtime-inference"))),
                        new Contender(
                                "both",
                                Commands.java(
                                        torch.command("two-engines", onnx.file().toString(), "false"))),
                        new Contender(
                                "both spinning",
                                Commands.java(
                                        torch.command("two-engines", onnx.file().toString(), "true")))),
                20,
                20);
    }

    private static List<String> row(String model, List<Outcome> outcomes) {
        var times = outcomes.stream()
                .map(o -> ((Outcome.Measured) o).samples().median())
                .toList();
        double sum = times.get(0) + times.get(1);
        return List.of(
                model,
                milliseconds(times.get(0)),
                milliseconds(times.get(1)),
                milliseconds(times.get(2)),
                String.format(Locale.ROOT, "%.2f", times.get(2) / sum),
                milliseconds(times.get(3)),
                String.format(Locale.ROOT, "%.2f", times.get(3) / sum));
    }

    private static String milliseconds(double seconds) {
        return String.format(Locale.ROOT, "%.1f", seconds * 1000);
    }
}
