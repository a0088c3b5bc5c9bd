package dev.fovea.cli;

import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.classify.ClassifyRecipe;
import dev.fovea.train.classify.ClassifyRun;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.detect.DetectRecipe;
import dev.fovea.train.detect.DetectRun;
import dev.fovea.train.recipe.RecipeTree;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Trains and predicts for a while and prints how the process's resident memory grew after warm-up, in percent, for each of the three. The
 * long version, from the repository's root: {@code mvn -q -pl cli -am test -Dtest=MemoryTest -Dfovea.soak=3000
 * -Dsurefire.failIfNoSpecifiedTests=false}.
 */
final class MemorySoak {
    private static final int BATCH = 16;
    private static final int PICTURES = 960;
    private static final int STEPS_AN_EPOCH = PICTURES / BATCH;

    private MemorySoak() {}

    /** Arguments: a folder to work in, training steps, predictions. */
    public static void main(String[] args) throws IOException {
        var folder = RunFolder.create(Path.of(args[0]).resolve("run"));
        var out = System.out;
        train(folder, Integer.parseInt(args[1]), out);
        detect(Path.of(args[0]).resolve("detect"), Integer.parseInt(args[1]), out);
        predict(folder, Integer.parseInt(args[2]), out);
        out.flush();
        System.exit(0);
    }

    private static void train(RunFolder folder, int steps, PrintStream out) throws IOException {
        var recipe = RecipeTree.of(ClassifyRecipe.defaults())
                .with("data.path", "scenes:32:" + PICTURES)
                .with("model.arch", "conv16-bn-pool,conv32-bn-pool,conv32-bn-gap,dropout0.1")
                .with("run.threads", 1)
                .with("optimizer.ema", 0.99)
                .with("optimizer.clip", 5)
                .with("run.batch", BATCH)
                .with("run.checkpoint_seconds", 2)
                .with("run.epochs", (steps + STEPS_AN_EPOCH - 1) / STEPS_AN_EPOCH)
                .as(ClassifyRecipe.class);
        var resident = new ArrayList<Long>();
        var watcher = new TrainListener() {
            @Override
            public void step(Step step) {
                resident.add(residentBytes());
            }
        };
        ClassifyRun.prepare(recipe).train(folder, List.of(watcher), line -> {});
        print(out, "training", resident);
    }

    /** Batches of three sizes, any number of objects, four pictures in one now and then. */
    private static void detect(Path folder, int steps, PrintStream out) throws IOException {
        int batch = 4;
        int pictures = 40 * batch;
        var recipe = RecipeTree.of(DetectRecipe.defaults())
                .with("data.path", "scenes:64:" + pictures)
                .with("data.size", 64)
                .with("data.mosaic", 0.5)
                .with("data.multiscale", 1)
                .with("model.name", "yolox_nano")
                .with("model.options", Map.of("width", 0.125))
                .with("run.threads", 1)
                .with("run.batch", batch)
                .with("run.checkpoint_seconds", 2)
                .with("run.epochs", (steps + 39) / 40)
                .as(DetectRecipe.class);
        var resident = new ArrayList<Long>();
        var watcher = new TrainListener() {
            @Override
            public void step(Step step) {
                resident.add(residentBytes());
            }
        };
        DetectRun.prepare(recipe).train(RunFolder.create(folder), List.of(watcher), line -> {});
        print(out, "detection", resident);
    }

    private static void predict(RunFolder folder, int predictions, PrintStream out) throws IOException {
        var jpeg = folder.path().resolve("picture.jpg");
        ImageWriter.write(Image.filled(300, 400, 90, 160, 40), jpeg);
        var reader = new ImageReader();
        var resident = new ArrayList<Long>();
        try (var classifier = TrainedClassifier.open(folder.path())) {
            for (int i = 0; i < predictions; i++) {
                classifier.predict(List.of(reader.read(jpeg)));
                resident.add(residentBytes());
            }
        }
        print(out, "predicting", resident);
    }

    /** Compares the medians of the tenth after warm-up (the first fifth) and of the last tenth. */
    private static void print(PrintStream out, String what, List<Long> resident) {
        int tenth = resident.size() / 10;
        long before = median(resident.subList(2 * tenth, 3 * tenth));
        long after = median(resident.subList(9 * tenth, resident.size()));
        out.println(String.format(
                Locale.ROOT,
                "%s: %d steps, %.1f MB after warm-up, %.1f MB at the end, growth %.2f %%",
                what,
                resident.size(),
                before / 1e6,
                after / 1e6,
                100.0 * (after - before) / before));
    }

    private static long median(List<Long> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** VmRSS of this process; Linux alone tells it in a file. */
    private static long residentBytes() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
            throw new IllegalStateException("/proc/self/status has no VmRSS");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
