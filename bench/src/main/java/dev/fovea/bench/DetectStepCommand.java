package dev.fovea.bench;

import dev.fovea.bench.step.RegionOperation;
import dev.fovea.bench.step.StepSettings;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Training steps of detectors on one batch that never changes, and the operations on regions by themselves. */
@Command(
        name = "detect-step",
        mixinStandardHelpOptions = true,
        description =
                "Training steps of detectors (forward, all losses, backward, SGD with momentum) on a fixed batch, and suppression and"
                        + " RoIAlign by themselves: Fovea, Python.")
final class DetectStepCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Option(
            names = "--models",
            split = ",",
            defaultValue = "fasterrcnn_resnet50_fpn,retinanet_resnet50_fpn",
            description = "Detectors that torchvision has too (default ${DEFAULT-VALUE}); '' for none.")
    private List<String> models;

    @Option(
            names = "--precisions",
            split = ",",
            defaultValue = "float32",
            description = "float32, bf16 (default ${DEFAULT-VALUE}).")
    private List<String> precisions;

    @Option(names = "--batch", defaultValue = "2", description = "Pictures a step (default ${DEFAULT-VALUE}).")
    private int batch;

    @Option(
            names = "--side",
            defaultValue = "384",
            description = "Height of pictures, whose width is a third more (default ${DEFAULT-VALUE}).")
    private int side;

    @Option(
            names = "--operations",
            split = ",",
            defaultValue = "nms,roi_align,roi_align_backward",
            description = "Operations (default ${DEFAULT-VALUE}); '' for none.")
    private List<String> operations;

    @Override
    public Integer call() throws IOException {
        for (String operation : given(operations)) {
            if (!RegionOperation.NAMES.contains(operation)) {
                throw new IllegalArgumentException(
                        "unknown operation '" + operation + "'; use " + String.join(", ", RegionOperation.NAMES));
            }
            flags.run(operation, contenders("region-operation", operation, String.valueOf(flags.threads)), 20, 40);
        }
        for (String model : given(models)) {
            for (String precision : precisions) {
                var settings = StepSettings.of(model, precision, batch, side, flags.threads);
                String title = "training step, " + model + ", " + side * 4 / 3 + "x" + side + ", batch " + batch + ", "
                        + settings.precisionWord();
                flags.run(title, contenders(settings.command("detect-step")), 1, 2);
            }
        }
        return 0;
    }

    private static List<String> given(List<String> names) {
        return names.stream().filter(name -> !name.isBlank()).toList();
    }

    /** Both answer to the same arguments. */
    private List<Contender> contenders(String... arguments) {
        return List.of(
                new Contender("fovea", Commands.java(arguments)),
                new Contender("python", Commands.python(flags.python, arguments)));
    }
}
