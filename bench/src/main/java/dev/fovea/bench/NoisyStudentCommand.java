package dev.fovea.bench;

import dev.fovea.bench.quality.NoisyStudentTrial;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A noisy student against its teacher. */
@Command(
        name = "noisy-student",
        mixinStandardHelpOptions = true,
        description =
                "Trains a teacher on a few labelled digits of MNIST and a student, of the same architecture and under the same noise, on them"
                        + " and on all others without labels. With every seed other digits are labelled.")
final class NoisyStudentCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FOLDER", description = "The four files of MNIST.")
    private Path folder;

    @Option(
            names = "--labels",
            defaultValue = "60",
            description = "Labelled pictures a class; 60 are 1 %% (default ${DEFAULT-VALUE}).")
    private int labels;

    @Option(names = "--seeds", defaultValue = "3", description = "How many seeds (default ${DEFAULT-VALUE}).")
    private int seeds;

    @Option(
            names = "--epochs",
            defaultValue = "3",
            description = "Passes of the student over the pseudo-labelled pictures (default ${DEFAULT-VALUE}).")
    private int epochs;

    @Option(names = "--threads", defaultValue = "2", description = "Threads (default ${DEFAULT-VALUE}).")
    private int threads;

    @Option(
            names = "--out",
            defaultValue = "runs/noisy-student",
            description = "Where the runs go (default ${DEFAULT-VALUE}).")
    private Path out;

    @Override
    public Integer call() throws IOException {
        var table = new FigureTable("seed", "teacher", "student", "gain", "seconds");
        var gains = new ArrayList<Double>();
        for (int seed = 0; seed < seeds; seed++) {
            var trial = new NoisyStudentTrial(folder, labels, epochs, seed, threads);
            var found = trial.run(out.resolve("seed" + seed));
            gains.add(found.student() - found.teacher());
            table.add(List.of(
                    String.valueOf(seed),
                    percent(found.teacher()),
                    percent(found.student()),
                    percent(found.student() - found.teacher()),
                    String.format(Locale.ROOT, "%.0f", found.seconds())));
        }
        System.out.println("accuracy on 10,000 test pictures; " + labels + " labelled digits a class\n\n" + table);
        double mean = gains.stream().mapToDouble(g -> g).average().orElse(Double.NaN);
        double squares =
                gains.stream().mapToDouble(g -> (g - mean) * (g - mean)).sum();
        if (seeds > 1) {
            System.out.println("mean gain " + percent(mean) + ", standard error "
                    + percent(Math.sqrt(squares / (seeds - 1) / seeds)));
        }
        System.out.println(Machine.describe(threads));
        return 0;
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", share * 100);
    }
}
