package dev.fovea.train;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a run stands, besides its tensors: all that the loop needs to go on as if it had never stopped. Stored as JSON in the metadata
 * of the checkpoint.
 */
@JsonIgnoreProperties(ignoreUnknown = true)
final class TrainingState {
    /** The epoch to work on, from 0. */
    public int epoch;
    /** The first batch of it that is still to do. */
    public int nextBatch;
    /** Optimiser steps done. */
    public long steps;
    /** Sums over the batches of the present epoch. */
    public Map<String, Double> termSums = new LinkedHashMap<>();

    public double lossSum;
    public long samples;
    /** The best figure so far and its epoch, from 1; NaN and 0 before the first evaluation. */
    public double best = Double.NaN;

    public int bestEpoch;
    /** The epochs done. */
    public List<HistoryRow> history = new ArrayList<>();
    /** State of a schedule that has some. */
    public Map<String, Double> schedule = new LinkedHashMap<>();

    /** The optimiser's numbers. */
    public Map<String, Double> optimizer = new LinkedHashMap<>();

    /** How often the average was updated. */
    public long emaUpdates;

    /** One finished epoch, as written to {@code metrics.jsonl}. */
    public record HistoryRow(
            int epoch,
            double trainLoss,
            Map<String, Double> terms,
            Map<String, Double> validation,
            double learningRate,
            boolean best,
            double samplesPerSecond,
            double seconds) {
        static HistoryRow of(TrainListener.Epoch e) {
            return new HistoryRow(
                    e.epoch(),
                    e.trainLoss(),
                    e.terms(),
                    e.validation().orElse(null),
                    e.learningRate(),
                    e.best(),
                    e.samplesPerSecond(),
                    e.seconds());
        }

        TrainListener.Epoch toEpoch() {
            return new TrainListener.Epoch(
                    epoch,
                    trainLoss,
                    terms,
                    Optional.ofNullable(validation),
                    learningRate,
                    best,
                    samplesPerSecond,
                    seconds);
        }
    }
}
