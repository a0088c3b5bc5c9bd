package dev.fovea.cli;

import dev.fovea.train.RunFolder;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** How a run of any task goes. */
final class RunFlags {
    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the training pictures (default 10).")
    Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Pictures a step.")
    Integer batch;

    @Option(names = "--accumulate", paramLabel = "N", description = "Batches a step.")
    Integer accumulate;

    @Option(names = "--precision", paramLabel = "TYPE", description = "auto, float32, bf16.")
    String precision;

    @Option(names = "--device", paramLabel = "DEVICE", description = "auto, cpu, cuda, cuda:N, mps.")
    String device;

    @Option(names = "--seed", paramLabel = "N", description = "Same seed, same machine, same threads: same numbers.")
    Long seed;

    @Option(names = "--threads", paramLabel = "N", description = "Threads an operation may use.")
    Integer threads;

    @Option(
            names = "--patience",
            paramLabel = "EPOCHS",
            description = "Stop when the figure has not improved for so long.")
    Integer patience;

    @Option(
            names = "--checkpoint-activations",
            arity = "0..1",
            fallbackValue = "true",
            description = "Compute blocks again for their gradients: less memory, slower.")
    Boolean checkpointActivations;

    @Option(
            names = "--checkpoint-seconds",
            paramLabel = "S",
            description = "Save what --resume needs this often (default 60).")
    Integer checkpointSeconds;

    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "YAML with any of these options; flags go before it.")
    Path recipe;

    @Option(names = "--out", paramLabel = "FOLDER", description = "The run's folder (default runs/TASK-N).")
    Path out;

    @Option(names = "--resume", paramLabel = "RUN", description = "Go on with an interrupted run.")
    Path resume;

    @Option(names = "--json", description = "Print the result as one JSON object.")
    boolean json;

    /** Adds what was given, by its place in the recipe. */
    void addTo(Map<String, Object> flags) {
        flags.put("run.epochs", epochs);
        flags.put("run.batch", batch);
        flags.put("run.accumulate", accumulate);
        flags.put("run.precision", precision);
        flags.put("run.device", device);
        flags.put("run.seed", seed);
        flags.put("run.threads", threads);
        flags.put("run.patience", patience);
        flags.put("run.checkpoint_activations", checkpointActivations);
        flags.put("run.checkpoint_seconds", checkpointSeconds);
    }

    /** A resumed run goes on as it began; an option that would be ignored is an error. */
    void checkResume(CommandSpec spec, Map<String, Object> flags) {
        if (resume == null) {
            return;
        }
        var given = new ArrayList<String>();
        flags.forEach((key, value) -> {
            if (value != null) {
                given.add(key);
            }
        });
        if (recipe != null) {
            given.add("--recipe");
        }
        if (out != null) {
            given.add("--out");
        }
        if (!given.isEmpty()) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--resume goes on as the run's run.yaml says; leave out what sets " + String.join(", ", given));
        }
    }

    /** The defaults, under the recipe, under the flags. */
    RecipeTree recipe(RecipeTree defaults, Map<String, Object> flags) throws IOException {
        var tree = recipe == null ? defaults : defaults.withFile(recipe);
        for (var flag : flags.entrySet()) {
            tree = tree.with(flag.getKey(), flag.getValue());
        }
        return tree;
    }

    /** A new folder for a run of a task. */
    RunFolder folder(String task) throws IOException {
        return out != null ? RunFolder.create(out) : RunFolder.createNumbered(Path.of("runs"), task);
    }
}
