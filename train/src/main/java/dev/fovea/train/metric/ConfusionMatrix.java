package dev.fovea.train.metric;

import java.util.stream.IntStream;

/** How often each class (row) was taken for each class (column). */
public final class ConfusionMatrix {
    private final long[][] counts;

    public ConfusionMatrix(int classes) {
        if (classes < 1) {
            throw new IllegalArgumentException("a confusion matrix needs at least 1 class, got " + classes);
        }
        counts = new long[classes][classes];
    }

    public int classes() {
        return counts.length;
    }

    public void add(int target, int predicted) {
        counts[target][predicted]++;
    }

    /** Adds all that another matrix of the same classes has counted. */
    public void merge(ConfusionMatrix other) {
        if (classes() != other.classes()) {
            throw new IllegalArgumentException(
                    "matrices of " + classes() + " and " + other.classes() + " classes cannot be merged");
        }
        for (int t = 0; t < counts.length; t++) {
            for (int p = 0; p < counts.length; p++) {
                counts[t][p] += other.counts[t][p];
            }
        }
    }

    /** How often {@code target} was taken for {@code predicted}. */
    public long count(int target, int predicted) {
        return counts[target][predicted];
    }

    /** The number of samples of a class. */
    public long support(int target) {
        return IntStream.range(0, counts.length)
                .mapToLong(p -> counts[target][p])
                .sum();
    }

    private long predictedAs(int predicted) {
        return IntStream.range(0, counts.length)
                .mapToLong(t -> counts[t][predicted])
                .sum();
    }

    public long total() {
        return IntStream.range(0, counts.length).mapToLong(this::support).sum();
    }

    /** The share of correct answers, 0-1. */
    public double accuracy() {
        return ratio(
                IntStream.range(0, counts.length).mapToLong(c -> counts[c][c]).sum(), total());
    }

    /** Of what was taken for a class, the share that is; 0 where nothing was. */
    public double precision(int c) {
        return ratio(counts[c][c], predictedAs(c));
    }

    /** Of what is a class, the share that was found; 0 where nothing is. */
    public double recall(int c) {
        return ratio(counts[c][c], support(c));
    }

    /** The harmonic mean of precision and recall, 0 where both are. */
    public double f1(int c) {
        double p = precision(c);
        double r = recall(c);
        return p + r == 0 ? 0 : 2 * p * r / (p + r);
    }

    /** The mean over classes of {@link #precision}. */
    public double macroPrecision() {
        return IntStream.range(0, counts.length)
                .mapToDouble(this::precision)
                .average()
                .orElse(0);
    }

    /** The mean over classes of {@link #recall}, also called balanced accuracy. */
    public double macroRecall() {
        return IntStream.range(0, counts.length)
                .mapToDouble(this::recall)
                .average()
                .orElse(0);
    }

    /** The mean over classes of {@link #f1}. */
    public double macroF1() {
        return IntStream.range(0, counts.length).mapToDouble(this::f1).average().orElse(0);
    }

    private static double ratio(long a, long b) {
        return b == 0 ? 0 : (double) a / b;
    }
}
