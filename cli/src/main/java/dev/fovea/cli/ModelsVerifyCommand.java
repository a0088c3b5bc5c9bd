package dev.fovea.cli;

import dev.fovea.models.verify.Verification;
import dev.fovea.tensor.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea models verify PATH}: are this machine's numbers the reference's? */
@Command(
        name = "verify",
        description = "Run golden files of reference implementations and compare keys, outputs and gradients.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class ModelsVerifyCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "PATH", description = "A golden file, or a folder of them.")
    private Path path;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "auto, cpu, cuda, cuda:N, mps (default ${DEFAULT-VALUE}).",
            defaultValue = "cpu")
    private String device;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        var out = spec.commandLine().getOut();
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        var report = Verification.on(Device.parse(device)).check(path);
        if (report.results().isEmpty()) {
            throw new IOException(path + " holds no golden files (*.json)");
        }
        out.println(json ? report.toJson() : report.toText());
        return report.failed() ? Main.FAILED : Main.DONE;
    }
}
