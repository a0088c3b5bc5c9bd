package dev.fovea.data.load;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The samples of an epoch, cut into batches before anything is read. */
final class EpochPlan {
    private final int[] order;
    private final int[] repeats;
    private final int batchSize;
    private final int batches;

    private EpochPlan(int[] order, int[] repeats, int batchSize, int batches) {
        this.order = order;
        this.repeats = repeats;
        this.batchSize = batchSize;
        this.batches = batches;
    }

    static EpochPlan of(int[] order, int batchSize, boolean dropLast) {
        return new EpochPlan(order, repeats(order), batchSize, batches(order.length, batchSize, dropLast));
    }

    static int batches(int samples, int batchSize, boolean dropLast) {
        return samples / batchSize + (!dropLast && samples % batchSize > 0 ? 1 : 0);
    }

    int batches() {
        return batches;
    }

    /** The number of samples planned for a batch. */
    int samples(int batch) {
        return Math.min(batchSize, order.length - batch * batchSize);
    }

    /** Consecutive samples of one batch, the unit of work of a thread. */
    Slice slice(int batch, int from, int to) {
        return new Slice(batch * batchSize + from, to - from);
    }

    /** How often the sample at each place came before in this epoch; a second visit draws other random numbers. */
    private static int[] repeats(int[] order) {
        int[] repeats = new int[order.length];
        int highest = Arrays.stream(order).max().orElse(-1);
        boolean[] seen = new boolean[highest + 1];
        Map<Integer, Integer> again = new HashMap<>();
        for (int i = 0; i < order.length; i++) {
            if (seen[order[i]]) {
                repeats[i] = again.merge(order[i], 1, Integer::sum);
            }
            seen[order[i]] = true;
        }
        return repeats;
    }

    /** A view of consecutive places of the epoch. */
    final class Slice {
        private final int from;
        private final int length;

        private Slice(int from, int length) {
            this.from = from;
            this.length = length;
        }

        int length() {
            return length;
        }

        int index(int i) {
            return order[from + i];
        }

        int repeat(int i) {
            return repeats[from + i];
        }
    }
}
