package dev.fovea.data.load;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Label;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** Which samples an epoch visits, and in which order: a pure function of the seed and the epoch. */
@FunctionalInterface
public interface Order {
    /**
     * The samples of one epoch.
     *
     * @param size the number of samples in the dataset, at least 1
     * @return indices of {@code 0..size-1}, in the order of the visit; some may be missing or come twice
     */
    int[] indices(int size, long seed, int epoch);

    /** Every sample once, first to last, the same in every epoch. */
    static Order sequential() {
        return (size, seed, epoch) -> identity(size);
    }

    /** Every sample once, shuffled anew in every epoch. */
    static Order shuffled() {
        return (size, seed, epoch) -> {
            int[] order = identity(size);
            RandomGenerator random = Seeds.order(seed, epoch);
            for (int i = size - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                int swap = order[i];
                order[i] = order[j];
                order[j] = swap;
            }
            return order;
        };
    }

    /**
     * As many draws as there are samples, with replacement, each sample with a probability in proportion to its weight.
     *
     * @param perSample one weight for each sample, finite and not negative, not all zero; copied
     */
    static Order weighted(double[] perSample) {
        double[] cumulative = perSample.clone();
        for (int i = 0; i < cumulative.length; i++) {
            if (!(cumulative[i] >= 0) || Double.isInfinite(cumulative[i])) {
                throw new IllegalArgumentException(
                        "sample weights must be finite and not negative, got " + cumulative[i] + " at index " + i);
            }
            cumulative[i] += i == 0 ? 0 : cumulative[i - 1];
        }
        double total = cumulative.length == 0 ? 0 : cumulative[cumulative.length - 1];
        if (total == 0 || Double.isInfinite(total)) {
            throw new IllegalArgumentException("sample weights must have a positive, finite sum, got " + total);
        }
        return (size, seed, epoch) -> {
            if (size != cumulative.length) {
                throw new IllegalArgumentException(
                        "the order has " + cumulative.length + " sample weights, but the dataset " + size + " samples");
            }
            RandomGenerator random = Seeds.order(seed, epoch);
            int[] order = new int[size];
            for (int i = 0; i < size; i++) {
                int at = Arrays.binarySearch(cumulative, random.nextDouble() * total);
                // the first sample whose running sum exceeds the draw; samples of weight zero are stepped over
                int first = at < 0 ? -at - 1 : at + 1;
                while (first < size - 1 && cumulative[first] == (first == 0 ? 0 : cumulative[first - 1])) {
                    first++;
                }
                order[i] = Math.min(first, size - 1);
            }
            return order;
        };
    }

    /**
     * Every sample as often as said, all shuffled anew in every epoch.
     *
     * @param times for each sample how often an epoch visits it, not negative, not all zero; copied
     */
    static Order repeated(int[] times) {
        long visits = 0;
        for (int n : times) {
            if (n < 0) {
                throw new IllegalArgumentException("a sample cannot be visited " + n + " times an epoch");
            }
            visits += n;
        }
        if (visits == 0 || visits > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("an epoch has 1 to " + Integer.MAX_VALUE + " visits, got " + visits);
        }
        int[] list = new int[(int) visits];
        int next = 0;
        for (int i = 0; i < times.length; i++) {
            Arrays.fill(list, next, next + times[i], i);
            next += times[i];
        }
        int samples = times.length;
        return (size, seed, epoch) -> {
            if (size != samples) {
                throw new IllegalArgumentException(
                        "the order has " + samples + " numbers of visits, but the dataset " + size + " samples");
            }
            int[] order = shuffled().indices(list.length, seed, epoch);
            for (int i = 0; i < order.length; i++) {
                order[i] = list[order[i]];
            }
            return order;
        };
    }

    /**
     * {@link #weighted} such that every class comes up equally often: a sample weighs one over the count of its class. With
     * several labels the rarest one counts; samples without a label weigh as the mean of the others.
     */
    static Order balanced(Dataset dataset) {
        long[] counts = new long[dataset.classes().size()];
        for (int i = 0; i < dataset.size(); i++) {
            for (Label label : dataset.annotation(i).labels()) {
                counts[label.index()]++;
            }
        }
        double[] weights = new double[dataset.size()];
        double sum = 0;
        int labelled = 0;
        for (int i = 0; i < weights.length; i++) {
            for (Label label : dataset.annotation(i).labels()) {
                weights[i] = Math.max(weights[i], 1.0 / counts[label.index()]);
            }
            sum += weights[i];
            labelled += weights[i] > 0 ? 1 : 0;
        }
        if (labelled == 0) {
            throw new IllegalArgumentException("a balanced order needs labels, but none of the " + weights.length
                    + " samples has one; use shuffled()");
        }
        double mean = sum / labelled;
        for (int i = 0; i < weights.length; i++) {
            weights[i] = weights[i] == 0 ? mean : weights[i];
        }
        return weighted(weights);
    }

    private static int[] identity(int size) {
        int[] order = new int[size];
        for (int i = 0; i < size; i++) {
            order[i] = i;
        }
        return order;
    }
}
