package dev.fovea.train.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/** What was found of one class and size over all pictures. Bit {@code t} of a number speaks of the overlap of place t. */
final class Tally {
    /** Objects that ought to be found. */
    long truths;

    private double[] scores = new double[16];
    private int[] ranks = new int[16];
    private int[] hits = new int[16];
    private int[] dropped = new int[16];
    private int size;

    /**
     * Adds a find.
     *
     * @param rank its place among those of its picture, from 0
     */
    void add(double score, int rank, int hit, int drop) {
        if (size == scores.length) {
            scores = Arrays.copyOf(scores, 2 * size);
            ranks = Arrays.copyOf(ranks, 2 * size);
            hits = Arrays.copyOf(hits, 2 * size);
            dropped = Arrays.copyOf(dropped, 2 * size);
        }
        scores[size] = score;
        ranks[size] = rank;
        hits[size] = hit;
        dropped[size++] = drop;
    }

    void merge(Tally other) {
        for (int i = 0; i < other.size; i++) {
            add(other.scores[i], other.ranks[i], other.hits[i], other.dropped[i]);
        }
        truths += other.truths;
    }

    /** Places by descending score; equal scores in the order of their addition. */
    int[] order() {
        return IntStream.range(0, size)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -scores[i]))
                .mapToInt(i -> i)
                .toArray();
    }

    /**
     * The precision at each of the fixed recalls, and as last value the recall that was reached.
     *
     * @param order as of {@link #order}
     * @param limit how many finds of a picture are looked at
     */
    double[] curve(int[] order, int t, int limit) {
        int bit = 1 << t;
        double[] recalls = new double[order.length];
        double[] precisions = new double[order.length];
        int n = 0;
        long right = 0;
        long wrong = 0;
        for (int i : order) {
            if (ranks[i] < limit) {
                boolean counts = (dropped[i] & bit) == 0;
                right += counts && (hits[i] & bit) != 0 ? 1 : 0;
                wrong += counts && (hits[i] & bit) == 0 ? 1 : 0;
                recalls[n] = (double) right / truths;
                precisions[n++] = right / (wrong + right + Math.ulp(1.0));
            }
        }
        for (int i = n - 1; i > 0; i--) {
            precisions[i - 1] = Math.max(precisions[i - 1], precisions[i]);
        }
        double[] curve = new double[CocoProtocol.RECALLS + 1];
        int at = 0;
        for (int r = 0; r < CocoProtocol.RECALLS; r++) {
            while (at < n && recalls[at] < CocoProtocol.recall(r)) {
                at++;
            }
            curve[r] = at < n ? precisions[at] : 0;
        }
        curve[CocoProtocol.RECALLS] = n == 0 ? 0 : recalls[n - 1];
        return curve;
    }
}
