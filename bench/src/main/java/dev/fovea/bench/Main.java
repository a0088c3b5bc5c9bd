package dev.fovea.bench;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the benchmarks; {@code bench/run} starts it. */
@Command(
        name = "bench/run",
        mixinStandardHelpOptions = true,
        description = {
            "Fovea against its peers, side by side in one run.",
            "Contenders run in processes of their own and take turns; the table quotes medians, and as ratio how many times the"
                    + " pictures a second of each peer Fovea reaches (1: equal, above: Fovea is faster). Peers that are not installed"
                    + " are listed as skipped. Leave the machine alone meanwhile."
        },
        subcommands = {
            TrainingStepCommand.class,
            DetectScenesCommand.class,
            DetectStepCommand.class,
            DetectInferenceCommand.class,
            FamiliesCommand.class,
            BudgetCommand.class,
            LoadingCommand.class,
            EndToEndCommand.class,
            EightBitCommand.class,
            InferenceCommand.class,
            FolderCommand.class,
            EnginesCommand.class,
            LoadCommand.class,
            RotationCommand.class,
            NoisyStudentCommand.class
        })
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        var line = new CommandLine(new Main());
        line.setExecutionExceptionHandler((e, command, parsed) -> {
            if (e instanceof IllegalArgumentException || e instanceof IOException) {
                command.getErr().println("bench: " + e.getMessage());
                return e instanceof IllegalArgumentException ? 2 : 1;
            }
            throw e;
        });
        System.exit(line.execute(args));
    }
}
