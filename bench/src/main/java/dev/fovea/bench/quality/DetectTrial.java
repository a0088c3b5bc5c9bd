package dev.fovea.bench.quality;

import dev.fovea.data.Dataset;
import dev.fovea.models.ModelSpec;
import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.detect.DetectData;
import dev.fovea.train.detect.DetectRecipe;
import dev.fovea.train.detect.DetectRun;
import dev.fovea.train.detect.TrainedDetector;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.Image;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One detector trained on generated scenes, in a process of its own. */
public final class DetectTrial {
    /** Pictures of which the time to find objects is taken, after as many to warm up. */
    private static final int TIMED = 20;

    private DetectTrial() {}

    /**
     * What one training came to.
     *
     * @param figures of the test pictures: map50, map, ap_small, ap_medium, ap_large; NaN where there is nothing of the size
     * @param trained pictures a second in the last epoch
     * @param judging seconds an epoch beside training
     * @param milliseconds for one picture, decoded pixels to boxes, the median
     * @param parameters of the network
     */
    public record Found(
            Map<String, Double> figures, double trained, double judging, double milliseconds, long parameters) {
        private static final List<String> FIGURES = List.of("map50", "map", "ap_small", "ap_medium", "ap_large");

        /** Reads {@link #toString}. */
        public static Found parse(String line) {
            String[] parts = line.split(" ", -1);
            if (parts.length != FIGURES.size() + 4) {
                throw new IllegalArgumentException("expected nine figures of a trial, got '" + line + "'");
            }
            var figures = FIGURES.stream()
                    .collect(Collectors.toMap(f -> f, f -> Double.parseDouble(parts[FIGURES.indexOf(f)])));
            int next = FIGURES.size();
            return new Found(
                    figures,
                    Double.parseDouble(parts[next]),
                    Double.parseDouble(parts[next + 1]),
                    Double.parseDouble(parts[next + 2]),
                    Long.parseLong(parts[next + 3]));
        }

        @Override
        public String toString() {
            var parts = FIGURES.stream()
                    .map(f -> String.format(Locale.ROOT, "%.5f", figures.get(f)))
                    .collect(Collectors.joining(" "));
            return parts + String.format(Locale.ROOT, " %.3f %.2f %.2f %d", trained, judging, milliseconds, parameters);
        }
    }

    /**
     * One process: prints what {@link Found} says.
     *
     * @param args a recipe's file or nothing, data, model, side of the network's input, epochs, pictures to learn from (0: all), threads,
     *     folder of the run
     */
    public static void main(String[] args) throws IOException {
        var answers = new PrintStream(
                new FileOutputStream(FileDescriptor.out), true, java.nio.charset.StandardCharsets.UTF_8);
        System.setOut(System.err); // what libraries print must not get between the answers
        var spec = ModelSpec.parse(args[2]);
        int limit = Integer.parseInt(args[5]);
        var recipe = RecipeTree.of(DetectRecipe.defaults());
        if (!args[0].isEmpty()) {
            recipe = recipe.withFile(Path.of(args[0]));
        }
        recipe = recipe.with("data.path", args[1])
                .with("data.size", Integer.parseInt(args[3]))
                .with("data.limit", limit == 0 ? null : limit)
                .with("model.name", spec.name())
                .with("model.options", spec.options())
                .with("run.seed", 0)
                .with("run.device", "cpu")
                .with("run.epochs", Integer.parseInt(args[4]))
                .with("run.threads", Integer.parseInt(args[6]))
                .with("run.checkpoint_seconds", 0);
        answers.println(run(recipe, args[1], Path.of(args[7])));
    }

    private static Found run(RecipeTree recipe, String data, Path folder) throws IOException {
        var epochs = new ArrayList<TrainListener.Epoch>();
        TrainListener listener = new TrainListener() {
            @Override
            public void epoch(Epoch epoch) {
                epochs.add(epoch);
                System.err.println(epoch);
            }
        };
        var result = DetectRun.prepare(recipe.as(DetectRecipe.class))
                .train(RunFolder.create(folder), List.of(listener), System.err::println);
        var last = epochs.get(epochs.size() - 1);
        int limit = Optional.ofNullable(result.recipe().data().limit()).orElse(Integer.MAX_VALUE);
        int pictures = Math.min(limit, DetectData.open(data, 0).train().size());
        try (var detector = TrainedDetector.open(folder)) {
            var test = DetectData.openForEvaluation(data, detector.classes());
            return new Found(
                    result.evaluation().figures(),
                    last.samplesPerSecond(),
                    last.seconds() - pictures / last.samplesPerSecond(),
                    milliseconds(detector, test),
                    detector.network().parameterCount());
        }
    }

    private static double milliseconds(TrainedDetector detector, Dataset test) throws IOException {
        var times = new double[TIMED];
        for (int i = -TIMED; i < TIMED; i++) {
            Image image = test.image((i + TIMED) % test.size(), Optional.empty());
            long begin = System.nanoTime();
            detector.detect(List.of(image), detector.selection());
            if (i >= 0) {
                times[i] = (System.nanoTime() - begin) / 1e6;
            }
        }
        Arrays.sort(times);
        return times[TIMED / 2];
    }
}
