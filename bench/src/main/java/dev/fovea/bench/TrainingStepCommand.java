package dev.fovea.bench;

import dev.fovea.bench.step.StepSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Training steps on one batch that never changes. */
@Command(
        name = "training-step",
        mixinStandardHelpOptions = true,
        description =
                "Training steps (forward, cross-entropy, backward, SGD with momentum) on a fixed batch: Fovea's loop,"
                        + " the same loop on the raw libtorch presets, DJL, Python.")
final class TrainingStepCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "resnet18,resnet50",
            description =
                    "Networks; raw presets and DJL take part in resnet18 and resnet50 (default ${DEFAULT-VALUE}).")
    private List<String> models;

    @Option(
            names = "--precisions",
            split = ",",
            defaultValue = "float32,bf16",
            description = "float32, bf16 (default ${DEFAULT-VALUE}).")
    private List<String> precisions;

    @Option(names = "--batch", defaultValue = "16", description = "Pictures a step (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(names = "--side", defaultValue = "224", description = "Width and height (default ${DEFAULT-VALUE}).")
    private int side;

    @Override
    public Integer call() throws IOException {
        for (String model : models) {
            for (String precision : precisions) {
                var settings = StepSettings.of(model, precision, batch, side, flags.threads);
                flags.run(title(settings), contenders(settings), 3, 5);
            }
        }
        return 0;
    }

    private static String title(StepSettings s) {
        return "training step, " + s.model() + ", " + s.side() + "x" + s.side() + ", batch " + s.batch() + ", "
                + s.precisionWord();
    }

    private List<Contender> contenders(StepSettings settings) {
        var fovea = new Contender("fovea", Commands.java(settings.command("fovea-step")));
        var python = new Contender("python", Commands.python(flags.python, settings.command("training-step")));
        return settings.isPlainResNet()
                ? List.of(
                        fovea,
                        new Contender("raw presets", Commands.java(settings.command("presets-step"))),
                        python,
                        new Contender("djl", Commands.java(settings.command("djl-step"))))
                : List.of(fovea, python);
    }
}
