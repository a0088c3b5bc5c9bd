package dev.fovea.cli;

import dev.fovea.train.recipe.Nearest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ConcurrentModificationException;
import java.util.List;
import java.util.NoSuchElementException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry point: reads the call, runs a verb, turns every failure into one sentence and an exit code. */
@Command(
        name = "fovea",
        description = "Image recognition for the JVM: train, evaluate and use neural networks that see.",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "VERB",
        subcommands = {
            DemoCommand.class,
            TrainCommand.class,
            EvalCommand.class,
            PredictCommand.class,
            ServeCommand.class,
            ExportCommand.class,
            ModelsCommand.class,
            PullCommand.class,
            DataCommand.class,
            DoctorCommand.class
        })
public final class Main implements Runnable {
    /** The work was done. */
    static final int DONE = 0;
    /** The call was right, the work failed. */
    static final int FAILED = 1;
    /** The call was wrong. */
    static final int WRONG_CALL = 2;

    @Option(names = "--debug", description = "Show stack traces of failures.", scope = CommandLine.ScopeType.INHERIT)
    private boolean debug;

    private Main() {}

    public static void main(String[] args) {
        var out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
        var err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
        Interruption.install();
        int code = run(out, err, args);
        out.flush();
        err.flush();
        Interruption.ended(code);
        // Native thread pools may keep the process from ending by itself.
        System.exit(code);
    }

    /** Runs one call; what {@link #main} does, without ending the process. */
    public static int run(PrintWriter out, PrintWriter err, String... args) {
        var main = new Main();
        var line = new CommandLine(main)
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpAutoWidth(true)
                .setParameterExceptionHandler((e, a) -> {
                    err.println("fovea: " + sentence(e));
                    return WRONG_CALL;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    err.println("fovea: " + reason(e));
                    if (main.debug) {
                        e.printStackTrace(err);
                    }
                    return isWrongCall(e) ? WRONG_CALL : FAILED;
                });
        try {
            return line.execute(args);
        } catch (OutOfMemoryError | LinkageError e) {
            // picocli hands on exceptions alone; natives that are missing and memory that is short are failures like
            // others.
            err.println("fovea: " + reason(e));
            if (main.debug) {
                e.printStackTrace(err);
            }
            return FAILED;
        }
    }

    @Override
    public void run() {
        throw new ParameterException(new CommandLine(this), "no verb given");
    }

    private static String sentence(ParameterException e) {
        var command = e.getCommandLine();
        String name = command.getCommandSpec().qualifiedName(" ");
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            boolean option = word.startsWith("-");
            List<String> known = option
                    ? command.getCommandSpec().options().stream()
                            .map(o -> o.longestName())
                            .toList()
                    : List.copyOf(command.getSubcommands().keySet());
            if (option || !known.isEmpty()) {
                String shown = option ? word.split("=", 2)[0] : word;
                return "unknown " + (option ? "option" : "verb") + " '" + shown + "' for '" + name + "'"
                        + Nearest.hint(shown, known.iterator());
            }
        }
        if (e instanceof UnmatchedArgumentException unmatched
                && !unmatched.getUnmatched().isEmpty()) {
            return "unexpected argument '" + unmatched.getUnmatched().get(0) + "' for '" + name + "'; see '" + name
                    + " --help'";
        }
        String message = e.getMessage().split("\\R", 2)[0];
        return message + "; see '" + name + " --help'";
    }

    private static String reason(Throwable e) {
        if (e instanceof UncheckedIOException io) {
            return reason(io.getCause());
        }
        if (e instanceof NoSuchFileException missing) {
            return missing.getReason() == null ? missing.getFile() + ": no such file or folder" : missing.getReason();
        }
        if (e instanceof OutOfMemoryError) {
            return "out of memory: " + e.getMessage() + "; use a smaller --batch or --size";
        }
        if (e instanceof LinkageError) {
            return "a native library cannot be loaded (" + firstLine(e) + "); run 'fovea doctor --debug' for details";
        }
        if (isFault(e)) {
            return "an error in Fovea itself (" + e.getClass().getSimpleName() + ": " + firstLine(e)
                    + "); run with --debug for details and report them";
        }
        return firstLine(e);
    }

    /** What no input should cause. */
    private static boolean isFault(Throwable e) {
        return e instanceof NullPointerException
                || e instanceof IndexOutOfBoundsException
                || e instanceof ClassCastException
                || e instanceof UnsupportedOperationException
                || e instanceof NoSuchElementException
                || e instanceof ConcurrentModificationException
                || e.getMessage() == null
                || e.getMessage().isBlank();
    }

    private static String firstLine(Throwable e) {
        if (e.getMessage() == null) {
            return "no message";
        }
        String[] lines = e.getMessage().strip().split("\\R", 2);
        return lines.length == 1 ? lines[0] : lines[0].replaceFirst(":$", "") + "; --debug shows the rest";
    }

    private static boolean isWrongCall(Exception e) {
        return e instanceof IllegalArgumentException
                || e instanceof NoSuchFileException
                || e instanceof FileAlreadyExistsException
                || (e instanceof IOException && e.getCause() instanceof NoSuchFileException);
    }
}
