package dev.fovea.bench.loading;

import dev.fovea.bench.Workload;
import dev.fovea.bench.step.FoveaStep;
import dev.fovea.bench.step.StepSettings;
import dev.fovea.bench.step.TaskSteps;
import dev.fovea.data.Dataset;
import dev.fovea.data.ImageFolder;
import dev.fovea.data.load.Batches;
import dev.fovea.data.load.Loader;
import dev.fovea.data.load.Order;
import dev.fovea.models.Backbone;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Threads;
import dev.fovea.train.Batch;
import dev.fovea.train.Evaluation;
import dev.fovea.train.Task;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Path;

/** Training from JPEG files: {@link FoveaStep} on what the loader brings, epoch after epoch. A repetition is a step. */
public final class TrainingFromFiles implements Workload {
    private final StepSettings settings;
    private final Backbone network;
    private final Optimizer optimizer;
    private final Feed<?> feed;

    public TrainingFromFiles(Path folder, StepSettings settings) throws IOException {
        this.settings = settings;
        Threads.set(settings.threads());
        Seeds.set(1);
        network = FoveaStep.network(settings);
        optimizer = FoveaStep.optimizer(network);
        var dataset = ImageFolder.open(folder);
        feed = feed(dataset, FoveaStep.task(network, dataset.classes(), settings.side()));
    }

    private <B extends Batch, E extends Evaluation> Feed<B> feed(Dataset dataset, Task<B, E> task) {
        var preprocessing = new Preprocessing(ResizePolicy.evaluation(settings.side()), Normalize.IMAGENET);
        var loader = LoaderLoading.loader(dataset, preprocessing, task, settings.batch(), settings.threads())
                .order(Order.shuffled())
                .dropLast(true);
        return new Feed<>(loader, new TaskSteps<>(task, optimizer, settings.precision()));
    }

    /** The loader's batches, from one epoch into the next, each into a step. */
    private static final class Feed<B extends Batch> implements AutoCloseable {
        private final Loader<B> loader;
        private final TaskSteps<B, ?> steps;
        private int epoch;
        private Batches<B> batches;

        Feed(Loader<B> loader, TaskSteps<B, ?> steps) {
            this.loader = loader;
            this.steps = steps;
            batches = loader.epoch(0, 0);
        }

        int step() {
            if (!batches.hasNext()) {
                batches.close();
                batches = loader.epoch(++epoch, 0);
            }
            var batch = batches.next();
            int size = batch.size();
            steps.step(batch);
            return size;
        }

        @Override
        public void close() {
            batches.close();
        }
    }

    @Override
    public String description() {
        return "Fovea, " + settings.threads() + " loader workers beside " + settings.threads() + " threads of the step";
    }

    @Override
    public long run(int repetitions) {
        long pictures = 0;
        for (int i = 0; i < repetitions; i++) {
            pictures += feed.step();
        }
        return pictures;
    }

    @Override
    public void close() {
        feed.close();
        optimizer.close();
        network.close();
    }
}
