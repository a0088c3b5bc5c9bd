package dev.fovea.bench;

import dev.fovea.bench.quality.RotationTrial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Networks that were trained on upright digits, on turned and on shuffled ones. */
@Command(
        name = "rotation",
        mixinStandardHelpOptions = true,
        description =
                "Trains a capsule network, a plain convolution network of as many parameters, and a group-equivariant network with its"
                        + " plain counterpart on upright MNIST, all with the same budget, and judges them on upright, turned and"
                        + " part-shuffled test pictures.")
final class RotationCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "The four files of MNIST.")
    private Path folder;

    @Option(
            names = "--limit",
            defaultValue = "500",
            description = "Training pictures a class (default ${DEFAULT-VALUE}).")
    private int limit;

    @Option(names = "--epochs", defaultValue = "10", description = "Passes over them (default ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--test", defaultValue = "2000", description = "Test pictures (default ${DEFAULT-VALUE}).")
    private int test;

    @Option(names = "--seed", defaultValue = "0", description = "Seed of the trainings (default ${DEFAULT-VALUE}).")
    private long seed;

    @Option(names = "--threads", defaultValue = "2", description = "Threads (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--out",
            defaultValue = "runs/rotation",
            description = "Where the runs go (default ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        var trial = new RotationTrial(folder, limit, out, epochs, test, seed, threads);
        var head = new ArrayList<>(List.of("network", "parameters", "seconds"));
        head.addAll(RotationTrial.CHANGES.keySet());
        var table = new FigureTable(head.toArray(String[]::new));
        for (var network : RotationTrial.NETWORKS.keySet()) {
            table.add(trial.row(network, out.resolve(network)));
        }
        System.out.println("trained on " + limit + " upright digits a class, " + epochs + " epochs, seed " + seed
                + "; accuracy on " + test + " test pictures\n\n" + table);
        System.out.println(Machine.describe(threads));
        return 0;
    }
}
