package dev.fovea.train;

import dev.fovea.data.load.Loader;
import dev.fovea.nn.Recomputation;
import dev.fovea.nn.optim.Ema;
import dev.fovea.nn.optim.GradientClip;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.nn.schedule.ReduceOnPlateau;
import dev.fovea.nn.schedule.Schedule;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.IntConsumer;

/**
 * The training loop: steps, precision, accumulation, clipping, schedule, averaging, early stopping, checkpoints, events. Knows nothing
 * of tasks.
 *
 * <p>Killed at any moment, a run loses at most the work since its last checkpoint; resumed, it goes on with the numbers that an unbroken
 * run would have had.
 */
public final class Trainer<B extends Batch, E extends Evaluation> {
    /**
     * How to run.
     *
     * @param accumulate batches a step
     * @param clip largest norm of all gradients together; 0 for no limit
     * @param adaptiveClip largest norm of a unit's gradient as a factor of its weights' norm; 0 for no limit
     * @param emaDecay 0 for no average
     * @param patience epochs without a better figure until training stops; 0 for never
     * @param checkpointActivations whether blocks are computed again for their gradients rather than kept in memory
     * @param checkpointSeconds time between checkpoints within an epoch; 0 for only at its end
     */
    public record Options(
            int epochs,
            int accumulate,
            Precision precision,
            Device device,
            double clip,
            double adaptiveClip,
            double emaDecay,
            int patience,
            long seed,
            boolean checkpointActivations,
            int checkpointSeconds) {}

    /** What a run came to. */
    public record Result(List<TrainListener.Epoch> history, int bestEpoch, boolean stoppedEarly) {}

    private final Task<B, E> task;
    private final Loader<B> training;
    private final Optional<Loader<B>> validation;
    private final Optimizer optimizer;
    private final Schedule schedule;
    private final Options options;
    private final RunCheckpoint files;
    private final List<TrainListener> listeners = new ArrayList<>();
    private final List<IntConsumer> beforeEpoch = new ArrayList<>();
    private final Optional<Ema> ema;
    private TrainingState state = new TrainingState();

    public Trainer(
            Task<B, E> task,
            Loader<B> training,
            Optional<Loader<B>> validation,
            Optimizer optimizer,
            Schedule schedule,
            Options options,
            RunFolder folder,
            Map<String, String> weightsMetadata) {
        this.task = task;
        this.training = training;
        this.validation = validation;
        this.optimizer = optimizer;
        this.schedule = schedule;
        this.options = options;
        this.ema = options.emaDecay() > 0
                ? Optional.of(new Ema(task.network(), options.emaDecay(), true))
                : Optional.empty();
        this.files = new RunCheckpoint(folder, task.network(), optimizer, ema, weightsMetadata);
    }

    /** Adds a watcher. */
    public Trainer<B, E> listen(TrainListener listener) {
        listeners.add(listener);
        return this;
    }

    /** Calls {@code action} with the epoch's number (from 1) before each epoch, also the one a resumed run begins in. */
    public Trainer<B, E> beforeEpoch(IntConsumer action) {
        beforeEpoch.add(action);
        return this;
    }

    /** Goes on from the run's last checkpoint instead of from the beginning. */
    public Trainer<B, E> resume() throws IOException {
        state = files.restore();
        if (schedule instanceof ReduceOnPlateau plateau) {
            plateau.restore(state.schedule);
        }
        return this;
    }

    /** The number of optimiser steps of a whole run. */
    public static long steps(Loader<?> training, Options options) {
        return (long) options.epochs()
                * ((training.batchesPerEpoch() + options.accumulate() - 1) / options.accumulate());
    }

    /** Trains to the end. */
    public Result run() throws IOException {
        int batches = training.batchesPerEpoch();
        listeners.forEach(l -> l.started(state.epoch + 1, options.epochs(), batches));
        files.writeHistory(state.history);
        while (state.epoch < options.epochs() && !isOutOfPatience()) {
            trainEpoch(batches);
        }
        boolean stoppedEarly = state.epoch < options.epochs();
        ema.ifPresent(Ema::close);
        listeners.forEach(l -> l.finished(stoppedEarly));
        return new Result(
                state.history.stream().map(TrainingState.HistoryRow::toEpoch).toList(), state.bestEpoch, stoppedEarly);
    }

    private boolean isOutOfPatience() {
        return options.patience() > 0 && state.bestEpoch > 0 && state.epoch - state.bestEpoch >= options.patience();
    }

    private void trainEpoch(int batches) throws IOException {
        int number = state.epoch + 1;
        beforeEpoch.forEach(a -> a.accept(number));
        long start = System.nanoTime();
        long trained = trainBatches(batches, start);
        double trainSeconds = (System.nanoTime() - start) / 1e9;
        var found = evaluateEpoch();
        boolean better = found.map(this::isBetter).orElse(true);
        if (better) {
            state.best = found.map(Evaluation::score).orElse(Double.NaN);
            state.bestEpoch = number;
            files.writeBest();
        }
        if (schedule instanceof ReduceOnPlateau plateau) {
            found.ifPresent(e -> plateau.observe(e.higherIsBetter() ? e.score() : -e.score()));
        }
        var terms = new LinkedHashMap<String, Double>();
        state.termSums.forEach((name, sum) -> terms.put(name, sum / state.samples));
        var epoch = new TrainListener.Epoch(
                number,
                state.lossSum / state.samples,
                terms,
                found.map(Evaluation::figures),
                optimizer.groups().get(0).lr(),
                better,
                trained / trainSeconds,
                (System.nanoTime() - start) / 1e9);
        var row = TrainingState.HistoryRow.of(epoch);
        state.history.add(row);
        state.epoch++;
        state.nextBatch = 0;
        state.lossSum = 0;
        state.samples = 0;
        state.termSums.clear();
        files.appendHistory(row);
        checkpoint();
        listeners.forEach(l -> l.epoch(epoch));
    }

    private boolean isBetter(E found) {
        if (Double.isNaN(state.best) || Double.isNaN(found.score())) {
            return Double.isNaN(state.best);
        }
        return found.higherIsBetter() ? found.score() > state.best : found.score() < state.best;
    }

    /** Trains from the present batch to the epoch's end; gives the number of samples. */
    private long trainBatches(int batches, long start) throws IOException {
        task.network().train(true);
        long trained = 0;
        long lastCheckpoint = start;
        try (var loaded = training.epoch(state.epoch, state.nextBatch)) {
            while (loaded.hasNext()) {
                var step = new StepSums();
                for (int pass = 0; pass < options.accumulate() && loaded.hasNext(); pass++) {
                    var batch = loaded.next();
                    int samples = batch.size();
                    forwardBackward(batch, loaded.batch(), step);
                    step.samples += samples;
                }
                optimizerStep();
                trained += step.samples;
                addToState(step);
                state.nextBatch = loaded.batch() + 1;
                announce(batches, trained / Math.max(1e-9, (System.nanoTime() - start) / 1e9));
                if (options.checkpointSeconds() > 0
                        && System.nanoTime() - lastCheckpoint > options.checkpointSeconds() * 1_000_000_000L
                        && state.nextBatch < batches) {
                    checkpoint();
                    lastCheckpoint = System.nanoTime();
                }
            }
        }
        return trained;
    }

    private static final class StepSums {
        private final Map<String, Double> terms = new LinkedHashMap<>();
        private double loss;
        private long samples;
    }

    private void forwardBackward(B loaded, int number, StepSums step) {
        try (var recomputation = options.checkpointActivations() ? Recomputation.open(task.network()) : null;
                var scope = Scope.open()) {
            loaded.adopt(scope);
            B batch = task.onDevice(loaded, options.device());
            Losses losses;
            try (var autocast = options.precision().activate(options.device())) {
                losses = task.loss(batch, new SplittableRandom(mix(options.seed(), state.epoch, number)));
            }
            var total = losses.total();
            double value = total.item();
            if (!Double.isFinite(value)) {
                throw notFinite(losses, number);
            }
            losses.terms().forEach((name, term) -> step.terms.merge(name, term.item() * loaded.size(), Double::sum));
            step.loss += value * loaded.size();
            var share = options.accumulate() == 1 ? total : total.div(options.accumulate());
            if (recomputation == null) {
                share.backward();
            } else {
                recomputation.backward(share);
            }
        }
    }

    private IllegalStateException notFinite(Losses losses, int number) {
        var text = new StringBuilder();
        losses.terms().forEach((name, term) -> text.append(text.isEmpty() ? "" : ", ")
                .append(name)
                .append(" ")
                .append(term.item()));
        return new IllegalStateException("the loss is no longer finite at epoch " + (state.epoch + 1) + ", batch "
                + (number + 1) + " (" + text + "); use a lower --lr, or --clip 1");
    }

    private void optimizerStep() {
        optimizer.schedule(schedule, state.steps);
        if (options.adaptiveClip() > 0) {
            GradientClip.adaptive(task.adaptivelyClipped(), options.adaptiveClip());
        }
        if (options.clip() > 0) {
            GradientClip.byNorm(task.network().parameters().values(), options.clip());
        }
        optimizer.step();
        optimizer.zeroGrad();
        state.steps++;
        ema.ifPresent(Ema::update);
    }

    private void addToState(StepSums step) {
        state.lossSum += step.loss;
        state.samples += step.samples;
        step.terms.forEach((name, sum) -> state.termSums.merge(name, sum, Double::sum));
    }

    private void announce(int batches, double rate) {
        var event = new TrainListener.Step(
                state.epoch + 1,
                options.epochs(),
                state.nextBatch,
                batches,
                state.lossSum / state.samples,
                optimizer.groups().get(0).lr(),
                rate);
        listeners.forEach(l -> l.step(event));
    }

    private Optional<E> evaluateEpoch() {
        if (validation.isEmpty()) {
            return Optional.empty();
        }
        try (var means = files.swapInMeans()) {
            return Optional.of(evaluate(task, validation.get(), options.precision(), options.device()));
        }
    }

    /** Judges a network on a split. */
    public static <B extends Batch, E extends Evaluation> E evaluate(
            Task<B, E> task, Loader<B> split, Precision precision, Device device) {
        boolean training = task.network().isTraining();
        task.network().eval();
        var evaluator = task.evaluator();
        try (var mode = Grad.off();
                var batches = split.epoch(0, 0)) {
            while (batches.hasNext()) {
                try (var scope = Scope.open();
                        var autocast = precision.activate(device)) {
                    var batch = batches.next();
                    batch.adopt(scope);
                    evaluator.add(task.onDevice(batch, device));
                }
            }
        } finally {
            task.network().train(training);
        }
        return evaluator.compute();
    }

    private void checkpoint() throws IOException {
        if (schedule instanceof ReduceOnPlateau plateau) {
            state.schedule = plateau.state();
        }
        var file = files.write(state);
        listeners.forEach(l -> l.checkpoint(file));
    }

    /** Mixes three numbers into a seed (the output function of splitmix64). */
    private static long mix(long seed, long epoch, long batch) {
        long z = seed * 0x9E3779B97F4A7C15L + epoch * 0xBF58476D1CE4E5B9L + batch * 0x94D049BB133111EBL;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
