package dev.fovea.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fovea train TASK}. */
@Command(
        name = "train",
        description = "Train a network.",
        mixinStandardHelpOptions = true,
        subcommands = {TrainClassifyCommand.class, TrainDetectCommand.class})
final class TrainCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                new CommandLine(spec), "no task given; use 'fovea train classify' or 'fovea train detect'");
    }
}
