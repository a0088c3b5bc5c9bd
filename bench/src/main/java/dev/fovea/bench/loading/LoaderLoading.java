package dev.fovea.bench.loading;

import dev.fovea.bench.Workload;
import dev.fovea.data.Dataset;
import dev.fovea.data.ImageFolder;
import dev.fovea.data.load.Loader;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Threads;
import dev.fovea.train.Batch;
import dev.fovea.train.Evaluation;
import dev.fovea.train.Task;
import dev.fovea.train.classify.ClassifyLoss;
import dev.fovea.train.classify.ClassifyTask;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Path;

/** Fovea's loader with the preparation and the batches of classification; the same pixels as torchvision's. */
public final class LoaderLoading implements Workload {
    private static final int BATCH = 16;

    private final int workers;
    private final Passes<?> passes;

    public LoaderLoading(Path folder, int workers) throws IOException {
        this.workers = workers;
        Threads.set(1); // workers are the parallelism here
        var dataset = ImageFolder.open(folder);
        var preprocessing = new Preprocessing(ResizePolicy.evaluation(224), Normalize.IMAGENET);
        var task = new ClassifyTask(new NoNetwork(), dataset.classes(), false, preprocessing, ClassifyLoss.PLAIN);
        passes = new Passes<>(loader(dataset, preprocessing, task, BATCH, workers));
    }

    /** As the training command sets it up, without augmentation. */
    static <B extends Batch, E extends Evaluation> Loader<B> loader(
            Dataset dataset, Preprocessing preprocessing, Task<B, E> task, int batch, int workers) {
        return Loader.of(dataset, (picture, random) -> preprocessing.apply(picture), task::collate)
                .batchSize(batch)
                .workers(workers)
                .decodeAtLeast(preprocessing.resize().atLeast());
    }

    private static final class Passes<B extends Batch> {
        private final Loader<B> loader;
        private int epoch;

        Passes(Loader<B> loader) {
            this.loader = loader;
        }

        long run() {
            long pictures = 0;
            try (var batches = loader.epoch(epoch++, 0)) {
                while (batches.hasNext()) {
                    try (var scope = Scope.open()) {
                        var batch = batches.next();
                        batch.adopt(scope);
                        pictures += batch.size();
                    }
                }
            }
            return pictures;
        }
    }

    @Override
    public String description() {
        return "Fovea, " + workers + " workers";
    }

    @Override
    public long run(int repetitions) {
        long pictures = 0;
        for (int i = 0; i < repetitions; i++) {
            pictures += passes.run();
        }
        return pictures;
    }

    @Override
    public void close() {
        // each pass ends its own workers
    }
}
