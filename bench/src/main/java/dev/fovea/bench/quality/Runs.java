package dev.fovea.bench.quality;

import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.RunFolder;
import dev.fovea.train.TrainListener;
import dev.fovea.train.classify.ClassifyRecipe;
import dev.fovea.train.classify.ClassifyRun;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;

/** Trainings as the command line makes them, told on standard error. */
final class Runs {
    private static final String NETWORK = "network.";

    private Runs() {}

    static ClassifyRun.Result train(RecipeTree recipe, Path folder) throws IOException {
        System.err.println("bench: " + folder);
        return ClassifyRun.prepare(recipe.as(ClassifyRecipe.class))
                .train(RunFolder.create(folder), List.of(new Told()), line -> System.err.println("bench:   " + line));
    }

    /**
     * The weights after a run's last epoch, whatever the held-out pictures said: where these are few, the best epoch is one of luck.
     *
     * @return a file like the run's own
     */
    static Path lastWeights(RunFolder run) throws IOException {
        var file = run.path().resolve("last.safetensors");
        try (var scope = Scope.open()) {
            var weights = new LinkedHashMap<String, Tensor>();
            Safetensors.read(run.checkpoint()).stateDict().forEach((key, tensor) -> {
                if (key.startsWith(NETWORK)) {
                    weights.put(key.substring(NETWORK.length()), tensor);
                }
            });
            Safetensors.write(file, weights, Safetensors.readMetadata(run.weights()));
        }
        return file;
    }

    private static final class Told implements TrainListener {
        @Override
        public void epoch(Epoch epoch) {
            System.err.println(String.format(
                    Locale.ROOT,
                    "bench:   epoch %d, loss %.4f, %.0f pictures/s, %.1f s",
                    epoch.epoch(),
                    epoch.trainLoss(),
                    epoch.samplesPerSecond(),
                    epoch.seconds()));
        }
    }

    /** What all trainings here have in common: float32 and a fixed number of threads. */
    static RecipeTree recipe(Path data, int threads, long seed) {
        return RecipeTree.of(ClassifyRecipe.defaults())
                .with("data.path", data.toString())
                .with("run.seed", seed)
                .with("run.precision", "float32")
                .with("run.device", "cpu")
                .with("run.threads", threads)
                .with("run.checkpoint_seconds", 0);
    }

    static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f %%", share * 100);
    }
}
