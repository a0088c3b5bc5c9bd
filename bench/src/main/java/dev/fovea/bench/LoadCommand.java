package dev.fovea.bench;

import dev.fovea.bench.inference.ExportedNetworks;
import dev.fovea.bench.inference.InferenceSettings;
import dev.fovea.bench.inference.PictureFolder;
import dev.fovea.bench.load.ServerProcess;
import dev.fovea.bench.load.Wrk;
import dev.fovea.models.Models;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Load on a server. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        description = {
            "A server under load from wrk on the same machine: many callers, far too many and then many again, and a long time.",
            "Its rate is compared with the runtime's own on full batches in memory."
        })
final class LoadCommand implements Callable<Integer> {
    private static final int BATCH = 16;
    private static final int PICTURES = 32;
    private static final int WARM_UP_SECONDS = 5;
    private static final int SLICE_SECONDS = 5;
    private static final String SMALL = "lenet";

    @Mixin
    private RaceFlags flags;

    @Parameters(paramLabel = "FOLDER", description = "A folder with JPEG files, of which the first 32 are sent.")
    private Path folder;

    @Option(names = "--model", defaultValue = "resnet18", description = "The network (default ${DEFAULT-VALUE}).")
    private String model;

    @Option(names = "--connections", defaultValue = "64", description = "Callers (default ${DEFAULT-VALUE}).")
    private int connections;

    @Option(names = "--seconds", defaultValue = "60", description = "Of load (default ${DEFAULT-VALUE}).")
    private int seconds;

    @Option(
            names = "--overload",
            defaultValue = "1000",
            description = "Far too many callers (default ${DEFAULT-VALUE}).")
    private int overload;

    @Option(
            names = "--requests",
            defaultValue = "100000",
            description = "Requests to a small network, memory looked at meanwhile (default ${DEFAULT-VALUE}).")
    private long requests;

    @Override
    public Integer call() throws IOException {
        LoadingCommand.checkFolder(folder);
        var files = PictureFolder.jpegs(folder);
        var pictures = files.subList(0, Math.min(PICTURES, files.size()));
        try (var networks = new ExportedNetworks()) {
            var onnx = networks.file(model);
            var inference = new InferenceSettings(onnx, BATCH, Models.get(model).imageSize(), flags.threads, BATCH);
            var own = flags.run(
                    "the runtime's own rate, " + model + ", batch " + BATCH,
                    List.of(new Contender("runtime", Commands.java(inference.command("runtime-inference")))),
                    4,
                    4);
            var table = new FigureTable(
                    "load on " + model, "200", "429", "other", "errors", "pictures/s", "p50 ms", "p99 ms");
            double rate = underLoad(onnx, pictures, table);
            System.out.println(table);
            if (own.get(0) instanceof Outcome.Measured measured) {
                double best = measured.samples().picturesPerSecond();
                System.out.printf(
                        Locale.ROOT,
                        "%.2f of the runtime's own %.1f pictures/s on full batches%n%n",
                        rate / best,
                        best);
            }
            System.out.println(memory(networks.file(SMALL, 1, 10)));
        }
        return 0;
    }

    /** Gives the rate with as many callers as were asked for. */
    private double underLoad(Path onnx, List<Path> pictures, FigureTable table) throws IOException {
        int shorter = Math.max(5, seconds / 6);
        try (var server = ServerProcess.start(onnx, "1g")) {
            load(server, pictures, connections, WARM_UP_SECONDS);
            var usual = load(server, pictures, connections, seconds);
            table.add(row(connections + " connections, " + seconds + " s", usual));
            table.add(row(overload + " connections, " + shorter + " s", load(server, pictures, overload, shorter)));
            table.add(row(
                    connections + " connections afterwards, " + shorter + " s",
                    load(server, pictures, connections, shorter)));
            int code = server.end();
            if (code != 0) {
                throw new IOException("the server ended with code " + code);
            }
            return usual.rate();
        }
    }

    private static Wrk.Result load(ServerProcess server, List<Path> pictures, int callers, int seconds)
            throws IOException {
        System.err.println("bench: " + callers + " connections");
        var result = Wrk.run(server.predict(), pictures, callers, seconds);
        System.err.printf(Locale.ROOT, "bench: what was left in work took %.1f s%n", server.awaitIdle());
        return result;
    }

    private static List<String> row(String name, Wrk.Result r) {
        return List.of(
                name,
                String.valueOf(r.answered()),
                String.valueOf(r.refused()),
                String.valueOf(r.other()),
                String.valueOf(r.errors()),
                String.format(Locale.ROOT, "%.1f", r.rate()),
                String.format(Locale.ROOT, "%.0f", r.p50()),
                String.format(Locale.ROOT, "%.0f", r.p99()));
    }

    private FigureTable memory(Path onnx) throws IOException {
        var table = new FigureTable("requests to " + SMALL, "VmRSS MB", "not 200", "requests/s");
        var picture = Files.createTempFile("fovea-bench", ".jpg");
        try (var server = ServerProcess.start(onnx, "512m")) {
            var pixels = new byte[32 * 32];
            new Random(1).nextBytes(pixels);
            ImageWriter.writeJpeg(Image.wrap(32, 32, 1, pixels), picture, ImageWriter.DEFAULT_QUALITY);
            long sent = 0;
            while (sent < requests) {
                System.err.println("bench: " + sent + " of " + requests + " requests");
                var result = Wrk.run(server.predict(), List.of(picture), connections, SLICE_SECONDS);
                if (result.answered() == 0) {
                    throw new IOException("the server answers no longer: " + result);
                }
                sent += result.answered();
                table.add(List.of(
                        String.valueOf(sent),
                        String.format(Locale.ROOT, "%.0f", server.residentMb()),
                        String.valueOf(result.refused() + result.other() + result.errors()),
                        String.format(Locale.ROOT, "%.0f", result.rate())));
            }
        } finally {
            Files.delete(picture);
        }
        return table;
    }
}
