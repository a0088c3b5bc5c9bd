package dev.fovea.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Watches a training run: progress bar, tracking, report. Called in the training thread; everything has a default of doing nothing. */
public interface TrainListener {
    /**
     * The state after an optimiser step.
     *
     * @param epoch from 1
     * @param batch batches done in this epoch
     * @param batches batches of an epoch
     * @param loss the mean loss of this epoch so far
     * @param learningRate of the first parameter group
     * @param samplesPerSecond since the epoch began, training alone
     */
    record Step(
            int epoch, int epochs, int batch, int batches, double loss, double learningRate, double samplesPerSecond) {}

    /**
     * The figures of a finished epoch.
     *
     * @param trainLoss the mean loss while training
     * @param terms the mean of each term of the loss
     * @param validation what was found on the validation split, if there is one
     * @param best whether these are the best weights so far
     * @param seconds the time of the whole epoch
     */
    record Epoch(
            int epoch,
            double trainLoss,
            Map<String, Double> terms,
            Optional<Map<String, Double>> validation,
            double learningRate,
            boolean best,
            double samplesPerSecond,
            double seconds) {}

    /** Training begins, at {@code firstEpoch} (from 1) of {@code epochs}. */
    default void started(int firstEpoch, int epochs, int batches) {}

    /** An optimiser step was done. */
    default void step(Step step) {}

    /** An epoch was done and evaluated. */
    default void epoch(Epoch epoch) {}

    /** A checkpoint was written. */
    default void checkpoint(Path file) {}

    /** Training ended; {@code stoppedEarly} if the figures no longer improved. */
    default void finished(boolean stoppedEarly) {}
}
