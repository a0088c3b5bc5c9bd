package dev.fovea.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code fovea data VERB}. */
@Command(
        name = "data",
        description = "Look at data before training on it.",
        mixinStandardHelpOptions = true,
        subcommands = {DataInspectCommand.class, DataConvertCommand.class, DataScenesCommand.class})
final class DataCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                new CommandLine(spec),
                "no verb given; use 'fovea data inspect', 'fovea data convert' or 'fovea data scenes'");
    }
}
