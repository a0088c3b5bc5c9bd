package dev.fovea.bench.quality;

import dev.fovea.data.Dataset;
import dev.fovea.data.Datasets;
import dev.fovea.models.ModelSpec;
import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.classify.ClassifyJudge;
import dev.fovea.train.classify.ClassifyRecipe;
import dev.fovea.train.classify.ClassifyRun;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.recipe.RecipeTree;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One network trained from scratch on small colour pictures, in a process of its own so that its memory is its own. All networks get the
 * same settings.
 */
public final class BudgetTrial {
    private static final int BATCH = 64;
    private static final double RATE = 0.001;

    private BudgetTrial() {}

    /**
     * What one training came to.
     *
     * @param accuracy on the test pictures, 0-1
     * @param trained pictures a second in the last epoch
     * @param recognised pictures a second over the test pictures, the second time
     * @param peakBytes the most memory that the process ever held; 0 where the system does not say
     */
    public record Found(double accuracy, double trained, double recognised, long peakBytes) {
        /** Reads {@link #toString}. */
        public static Found parse(String line) {
            String[] parts = line.split(" ", -1);
            if (parts.length != 4) {
                throw new IllegalArgumentException("expected four figures of a trial, got '" + line + "'");
            }
            return new Found(
                    Double.parseDouble(parts[0]),
                    Double.parseDouble(parts[1]),
                    Double.parseDouble(parts[2]),
                    Long.parseLong(parts[3]));
        }

        @Override
        public String toString() {
            return String.format(Locale.ROOT, "%.5f %.2f %.2f %d", accuracy, trained, recognised, peakBytes);
        }
    }

    /**
     * One process: prints what {@link Found} says.
     *
     * @param args data, model, side, epochs, pictures a class (0: all), threads, folder of the run
     */
    public static void main(String[] args) throws IOException {
        var answers = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        System.setOut(System.err); // what libraries print must not get between the answers
        var data = Path.of(args[0]);
        var spec = ModelSpec.parse(args[1]);
        int limit = Integer.parseInt(args[4]);
        var recipe = Runs.recipe(data, Integer.parseInt(args[5]), 0)
                .with("data.size", Integer.parseInt(args[2]))
                .with("data.augment", "flip|crop(size,4)")
                .with("data.limit", limit == 0 ? null : limit)
                .with("model.name", spec.name())
                .with("model.options", spec.options())
                .with("optimizer.lr", RATE)
                .with("optimizer.clip", 1)
                .with("loss.label_smoothing", 0.1)
                .with("run.batch", BATCH)
                .with("run.epochs", Integer.parseInt(args[3]));
        answers.println(run(recipe, data, Path.of(args[6])));
    }

    private static Found run(RecipeTree recipe, Path data, Path folder) throws IOException {
        var rates = new ArrayList<Double>();
        TrainListener listener = new TrainListener() {
            @Override
            public void epoch(Epoch epoch) {
                rates.add(epoch.samplesPerSecond());
                System.err.println(String.format(
                        Locale.ROOT,
                        "epoch %d, loss %.4f, %.0f pictures/s",
                        epoch.epoch(),
                        epoch.trainLoss(),
                        epoch.samplesPerSecond()));
            }
        };
        var result = ClassifyRun.prepare(recipe.as(ClassifyRecipe.class))
                .train(RunFolder.create(folder), List.of(listener), System.err::println);
        try (var classifier = TrainedClassifier.open(Runs.lastWeights(result.folder()))) {
            var test = Datasets.openForEvaluation(data, classifier.classes());
            double accuracy = accuracy(classifier, test);
            long begin = System.nanoTime();
            accuracy(classifier, test);
            double seconds = (System.nanoTime() - begin) / 1e9;
            return new Found(accuracy, rates.get(rates.size() - 1), test.size() / seconds, peakBytes());
        }
    }

    private static double accuracy(TrainedClassifier classifier, Dataset test) {
        return ClassifyJudge.judge(classifier, test, BATCH, true).evaluation().top1();
    }

    private static long peakBytes() throws IOException {
        var status = Path.of("/proc/self/status");
        if (!Files.exists(status)) {
            return 0;
        }
        return Files.readAllLines(status).stream()
                .filter(l -> l.startsWith("VmHWM:"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}
