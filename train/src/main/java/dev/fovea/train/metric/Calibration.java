package dev.fovea.train.metric;

import java.util.ArrayList;
import java.util.List;

/** Whether a network is right as often as it says (Guo et al. 2017): answers in bins of equal width of confidence. */
public final class Calibration {
    private static final int BINS = 15;

    private final long[] counts = new long[BINS];
    private final double[] confidences = new double[BINS];
    private final long[] correct = new long[BINS];

    /** One bin: how many answers, how sure on average, how often right. */
    public record Bin(long count, double confidence, double accuracy) {}

    /** Adds an answer with its confidence, 0-1. */
    public void add(double confidence, boolean right) {
        int bin = Math.min(BINS - 1, (int) (confidence * BINS));
        counts[bin]++;
        confidences[bin] += confidence;
        if (right) {
            correct[bin]++;
        }
    }

    /** All bins, lowest confidence first; empty ones have zeros. */
    public List<Bin> bins() {
        var bins = new ArrayList<Bin>();
        for (int i = 0; i < BINS; i++) {
            bins.add(
                    counts[i] == 0
                            ? new Bin(0, 0, 0)
                            : new Bin(counts[i], confidences[i] / counts[i], (double) correct[i] / counts[i]));
        }
        return bins;
    }

    /** Expected calibration error: the mean distance of confidence and accuracy, weighted by count, 0-1. */
    public double expectedError() {
        long total = 0;
        double sum = 0;
        for (var bin : bins()) {
            total += bin.count();
            sum += bin.count() * Math.abs(bin.confidence() - bin.accuracy());
        }
        return total == 0 ? 0 : sum / total;
    }
}
