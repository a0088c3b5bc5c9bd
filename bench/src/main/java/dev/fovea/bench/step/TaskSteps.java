package dev.fovea.bench.step;

import dev.fovea.data.load.Sample;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.train.Batch;
import dev.fovea.train.Evaluation;
import dev.fovea.train.Task;
import java.util.List;
import java.util.SplittableRandom;

/** Steps of a task, tensor for tensor as {@code Trainer} makes them, so that each can be timed from outside. */
public final class TaskSteps<B extends Batch, E extends Evaluation> {
    private final Task<B, E> task;
    private final Optimizer optimizer;
    private final Precision precision;

    public TaskSteps(Task<B, E> task, Optimizer optimizer, Precision precision) {
        this.task = task;
        this.optimizer = optimizer;
        this.precision = precision;
    }

    /** One step on a batch, which is freed with it. */
    public void step(B batch) {
        try (var scope = Scope.open()) {
            batch.adopt(scope);
            forwardBackward(batch);
        }
        update();
    }

    /** A step that can be made again and again on a batch that stays. */
    public Runnable onFixed(List<Sample> samples) {
        var batch = task.collate(samples);
        return () -> {
            try (var scope = Scope.open()) {
                forwardBackward(batch);
            }
            update();
        };
    }

    private void forwardBackward(B loaded) {
        B batch = task.onDevice(loaded, Device.CPU);
        dev.fovea.train.Losses losses;
        try (var autocast = precision.activate(Device.CPU)) {
            losses = task.loss(batch, new SplittableRandom(0));
        }
        var total = losses.total();
        double value = total.item();
        if (!Double.isFinite(value)) {
            throw new IllegalStateException("the loss is no longer finite: " + value);
        }
        total.backward();
    }

    private void update() {
        optimizer.step();
        optimizer.zeroGrad();
    }
}
