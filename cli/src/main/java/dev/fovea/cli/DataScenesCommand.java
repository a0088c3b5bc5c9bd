package dev.fovea.cli;

import dev.fovea.data.scenes.Scenes;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea data scenes FOLDER}: generated pictures as files, to see what a data folder looks like. */
@Command(
        name = "scenes",
        description = "Write generated pictures as a folder with a folder for each class.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class DataScenesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "FOLDER", description = "Where to; must be empty or not exist.")
    private Path folder;

    @Option(
            names = "--size",
            paramLabel = "PIXELS",
            description = "Height and width (default ${DEFAULT-VALUE}).",
            defaultValue = "48")
    private int size;

    @Option(
            names = "--count",
            paramLabel = "N",
            description =
                    "Training pictures; a tenth as many again for validation and for test (default ${DEFAULT-VALUE}).",
            defaultValue = "2000")
    private int count;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Same seed, same pictures (default ${DEFAULT-VALUE}).",
            defaultValue = "0")
    private long seed;

    @Override
    public Integer call() throws IOException {
        if (count < 1) {
            throw new ParameterException(spec.commandLine(), "--count cannot be " + count + "; use at least 1");
        }
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new FileAlreadyExistsException(folder + " is a file; choose another folder");
        }
        if (Files.exists(folder)) {
            try (Stream<Path> inside = Files.list(folder)) {
                if (inside.findAny().isPresent()) {
                    throw new FileAlreadyExistsException(folder + " is not empty; choose another folder");
                }
            }
        }
        int heldOut = Math.max(10, count / 10);
        Scenes.export(
                folder,
                Scenes.splits(Scenes.Options.classify(Size.square(size), count).withSeed(seed), heldOut, heldOut));
        spec.commandLine().getOut().println((count + 2 * heldOut) + " pictures in " + folder);
        return Main.DONE;
    }
}
