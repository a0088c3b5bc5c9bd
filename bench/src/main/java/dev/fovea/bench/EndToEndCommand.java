package dev.fovea.bench;

import dev.fovea.bench.step.StepSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Training from files against the pure step. */
@Command(
        name = "end-to-end",
        mixinStandardHelpOptions = true,
        description =
                "Training from JPEG files, the loader beside the steps, against steps on a fixed batch and against loading alone.")
final class EndToEndCommand implements Callable<Integer> {
    @Mixin
    private RaceFlags flags;

    @Parameters(paramLabel = "FOLDER", description = "A folder with a folder of JPEG files for each class.")
    private Path folder;

    @Option(names = "--model", defaultValue = "resnet18", description = "The network (default ${DEFAULT-VALUE}).")
    private String model;

    @Option(names = "--precision", defaultValue = "float32", description = "float32 or bf16.")
    private String precision;

    @Option(names = "--batch", defaultValue = "16", description = "Pictures a step (default ${DEFAULT-VALUE}).")
    private int batch;

    @Override
    public Integer call() throws IOException {
        LoadingCommand.checkFolder(folder);
        var settings = StepSettings.of(model, precision, batch, 224, flags.threads);
        var outcomes = flags.run(
                "training from JPEG files, " + model + ", batch " + batch + ", " + settings.precisionWord(),
                List.of(
                        new Contender(
                                "from files", Commands.java(settings.command("fovea-training", folder.toString()))),
                        new Contender("fixed batch", Commands.java(settings.command("fovea-step"))),
                        new Contender(
                                "loading alone",
                                Commands.java("fovea-loading", folder.toString(), String.valueOf(flags.threads)))),
                8,
                8);
        Bound.of(outcomes).ifPresent(System.out::println);
        return 0;
    }
}
