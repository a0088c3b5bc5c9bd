package dev.fovea.bench;

import dev.fovea.bench.inference.ExportedNetworks;
import dev.fovea.bench.inference.InferenceSettings;
import dev.fovea.bench.step.StepSettings;
import dev.fovea.models.Models;
import dev.fovea.models.NetworkCost;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Exported networks on a batch in memory. */
@Command(
        name = "inference",
        mixinStandardHelpOptions = true,
        description =
                "Inference in float32 on a batch in memory: Fovea's runtime, ONNX Runtime itself, DJL on ONNX Runtime and on"
                        + " PyTorch (TorchScript, traced by torchvision's network, plain and frozen), torchvision in Python.")
final class InferenceCommand implements Callable<Integer> {
    /** What a turn comes to: repetitions follow from it, so that small and large networks are timed alike. */
    private static final double MULTIPLY_ADDS_A_TURN = 30e9;

    private static final int MOST_REPETITIONS = 60;

    @Mixin
    private RaceFlags flags;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "resnet18,resnet50,mobilenet_v3_large,vit_b_16",
            description = "Names that the registry and torchvision share (default ${DEFAULT-VALUE}).")
    private List<String> models;

    @Option(
            names = "--batches",
            split = ",",
            defaultValue = "1,8",
            description = "Pictures that run together (default ${DEFAULT-VALUE}).")
    private List<Integer> batches;

    @Override
    public Integer call() throws IOException {
        models.forEach(Models::get); // a wrong name is told before the first race
        FigureTable summary = null;
        try (var networks = new ExportedNetworks()) {
            for (String model : models) {
                for (int batch : batches) {
                    var contenders = contenders(networks, model, batch);
                    var outcomes = flags.run(
                            "inference, " + model + ", batch " + batch + ", float32",
                            contenders,
                            repetitions(model, batch),
                            Math.max(2, repetitions(model, batch) / 2));
                    if (summary == null) {
                        summary = head(outcomes);
                    }
                    summary.add(row(model, batch, outcomes));
                }
            }
        }
        System.out.println("Medians in milliseconds a batch; in brackets a peer's over the first one's.\n");
        System.out.println(summary);
        return 0;
    }

    private static int repetitions(String model, int batch) {
        double cost = NetworkCost.find(Models.get(model))
                .map(c -> (double) c.multiplyAdds())
                .orElse(1e9);
        return (int) Math.max(1, Math.min(MOST_REPETITIONS, Math.round(MULTIPLY_ADDS_A_TURN / (cost * batch))));
    }

    private List<Contender> contenders(ExportedNetworks networks, String model, int batch) throws IOException {
        int side = Models.get(model).imageSize();
        var onnx = InferenceSettings.of(networks.file(model), batch, side, flags.threads);
        var traced = InferenceSettings.of(networks.beside(model, ".pt"), batch, side, flags.threads);
        var frozen = InferenceSettings.of(networks.beside(model, "-frozen.pt"), batch, side, flags.threads);
        if (!Files.exists(traced.file())) {
            TorchScript.write(
                    flags.python,
                    model,
                    side,
                    traced.file().toString(),
                    frozen.file().toString());
        }
        var torch = StepSettings.of(model, "float32", batch, side, flags.threads);
        return List.of(
                new Contender("fovea", Commands.java(onnx.command("runtime-inference"))),
                new Contender("fovea sleeping", Commands.java(onnx.command("sleeping-inference"))),
                new Contender("fovea pictures", Commands.java(onnx.command("picture-inference"))),
                new Contender("onnx runtime", Commands.java(onnx.command("onnxruntime-inference"))),
                new Contender("djl onnx", Commands.java(onnx.command("djl-onnx-inference"))),
                new Contender("djl pytorch", Commands.java(traced.command("djl-pytorch-inference"))),
                new Contender("djl frozen", Commands.java(frozen.command("djl-pytorch-inference"))),
                new Contender("python", Commands.python(flags.python, torch.command("inference"))));
    }

    private static FigureTable head(List<Outcome> outcomes) {
        var names = new ArrayList<>(List.of("network", "batch"));
        outcomes.forEach(o -> names.add(o.name()));
        return new FigureTable(names.toArray(String[]::new));
    }

    private static List<String> row(String model, int batch, List<Outcome> outcomes) {
        var cells = new ArrayList<>(List.of(model, String.valueOf(batch)));
        double first =
                outcomes.get(0) instanceof Outcome.Measured m ? m.samples().median() : Double.NaN;
        for (int i = 0; i < outcomes.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Measured measured) {
                double median = measured.samples().median();
                String time = String.format(Locale.ROOT, "%.1f", median * 1000);
                cells.add(i == 0 ? time : String.format(Locale.ROOT, "%s (%.2f)", time, median / first));
            } else {
                cells.add("–");
            }
        }
        return cells;
    }
}
