package dev.fovea.cli;

import dev.fovea.runtime.Provider;
import dev.fovea.serve.ModelSource;
import dev.fovea.serve.ServeOptions;
import dev.fovea.serve.Server;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code fovea serve MODEL…}. */
@Command(
        name = "serve",
        description = "Put exported networks behind an HTTP port.",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        footer = {
            "",
            "A model is an .onnx file, or a folder of versions (1.onnx, 2.onnx or 1/model.onnx); name=path names it.",
            "Changed files are loaded while requests go on. / is a page to try them, /docs describes the API."
        })
final class ServeCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "MODEL", description = "What to serve.")
    private List<String> models;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "Where to listen; 0.0.0.0 for the whole network (default ${DEFAULT-VALUE}).",
            defaultValue = "127.0.0.1")
    private String host;

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "0 for any free one (default ${DEFAULT-VALUE}).",
            defaultValue = "8080")
    private int port;

    @Option(
            names = "--token-file",
            paramLabel = "FILE",
            description =
                    "Callers must send its first line as 'Authorization: Bearer …'. A file, since others may see the command line.")
    private Path tokenFile;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "For HTTPS: the key, PKCS #8 in PEM form.")
    private Path tlsKey;

    @Option(
            names = "--tls-certificates",
            paramLabel = "FILE",
            description = "For HTTPS: the certificates in PEM form, the server's own first.")
    private Path tlsCertificates;

    @Option(
            names = "--device",
            paramLabel = "DEVICE",
            description = "cpu, cuda, cuda:N, coreml, directml (default ${DEFAULT-VALUE}).",
            defaultValue = "cpu")
    private String device;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Threads a batch may use (default: all processors, shared by all models).",
            defaultValue = "0")
    private int threads;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "The most pictures that run together (default ${DEFAULT-VALUE}).",
            defaultValue = "16")
    private int batch;

    @Option(
            names = "--delay",
            paramLabel = "MS",
            description = "The longest that a picture waits for others, in milliseconds (default ${DEFAULT-VALUE}).",
            defaultValue = "2")
    private int delay;

    @Option(
            names = "--queue",
            paramLabel = "N",
            description = "The most pictures in work; more are refused with 429 (default ${DEFAULT-VALUE}).",
            defaultValue = "256")
    private int queue;

    @Option(
            names = "--max-body",
            paramLabel = "MB",
            description = "The largest request (default ${DEFAULT-VALUE}).",
            defaultValue = "32")
    private int maxBody;

    @Option(
            names = "--max-pixels",
            paramLabel = "N",
            description = "The largest picture, in millions of pixels (default ${DEFAULT-VALUE}).",
            defaultValue = "50")
    private int maxPixels;

    @Option(
            names = "--max-images",
            paramLabel = "N",
            description = "The most pictures of a request (default ${DEFAULT-VALUE}).",
            defaultValue = "64")
    private int maxImages;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            description = "The longest until an answer, in seconds (default ${DEFAULT-VALUE}).",
            defaultValue = "30")
    private int timeout;

    @Option(
            names = "--log",
            paramLabel = "FILE",
            description = "Where lines of JSON for each request go; - for standard output (default), none for nowhere.",
            defaultValue = "-")
    private String log;

    @Override
    public Integer call() throws IOException {
        var sources = models.stream().map(ModelSource::parse).toList();
        var options = options();
        var out = spec.commandLine().getOut();
        try (var lines = log.matches("-|none") ? null : new PrintWriter(Files.newBufferedWriter(Path.of(log)), true);
                var server = Server.start(sources, options, log(lines, out))) {
            out.println("serving " + sources.stream().map(ModelSource::name).toList() + " at " + server.address());
            Interruption.await();
        }
        return Main.DONE;
    }

    private Consumer<String> log(PrintWriter file, PrintWriter out) {
        return file != null ? file::println : log.equals("-") ? out::println : line -> {};
    }

    private ServeOptions options() throws IOException {
        if (maxBody < 1 || maxBody > 2000 || maxPixels < 1 || timeout < 1 || delay < 0) {
            throw new ParameterException(
                    new CommandLine(spec),
                    "--max-body is 1-2000, --max-pixels and --timeout are at least 1, --delay is not negative");
        }
        if ((tlsKey == null) != (tlsCertificates == null)) {
            throw new ParameterException(new CommandLine(spec), "--tls-key and --tls-certificates need each other");
        }
        var limits = ServeOptions.Limits.DEFAULT;
        var options = ServeOptions.DEFAULT
                .on(host, port)
                .withEngine(Provider.parse(device), threads)
                .withBatching(batch, Duration.ofMillis(delay), queue)
                .withLimits(new ServeOptions.Limits(
                        (long) maxBody << 20,
                        maxPixels * 1_000_000L,
                        maxImages,
                        Duration.ofSeconds(timeout),
                        limits.connections(),
                        limits.bytesPerSecond()));
        if (tokenFile != null) {
            options = options.withToken(
                    Files.readString(tokenFile).lines().findFirst().orElse("").strip());
        }
        return tlsKey == null ? options : options.withTls(new ServeOptions.Tls(tlsKey, tlsCertificates));
    }
}
