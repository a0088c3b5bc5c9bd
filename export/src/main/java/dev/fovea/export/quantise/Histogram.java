package dev.fovea.export.quantise;

import java.nio.FloatBuffer;

/** How often a tensor's values other than zero fall into equal parts of a range that is known beforehand. */
final class Histogram {
    static final int BINS = 2048;

    private final float low;
    private final float high;
    private final long[] counts = new long[BINS];
    private long total;

    Histogram(Range range) {
        low = range.low();
        high = range.high();
    }

    void add(FloatBuffer values) {
        float perUnit = BINS / (high - low);
        int n = values.remaining();
        for (int i = 0; i < n; i++) {
            float value = values.get(values.position() + i);
            if (value == 0) {
                continue; // exact in every range, and often half of all: would outweigh what depends on the range
            }
            int bin = (int) ((value - low) * perUnit);
            counts[Math.max(0, Math.min(BINS - 1, bin))]++;
        }
        total += n;
    }

    private float edge(int bin) {
        return low + (high - low) * bin / BINS;
    }

    /** The range that leaves out the share {@code 1 - share} of all values, half of it at each end; none below a low end of zero. */
    Range percentile(double share) {
        double out = total * (1 - share) / (low < 0 ? 2 : 1);
        int first = 0;
        long below = counts[0];
        while (low < 0 && first < BINS - 1 && below <= out) {
            first++;
            below += counts[first];
        }
        int last = BINS - 1;
        long above = counts[last];
        while (last > first && above <= out) {
            last--;
            above += counts[last];
        }
        return new Range(edge(first), edge(last + 1));
    }

    /**
     * The range whose 8-bit numbers keep most of the values' distribution: that with the least divergence of Kullback and Leibler between the
     * values cut to the range and their 256 levels. Both ends move towards zero together.
     */
    Range entropy() {
        Range best = new Range(low, high);
        double least = Double.POSITIVE_INFINITY;
        for (int step = 0; step <= 48; step++) {
            double keep = 1 - step / 64.0;
            var candidate = new Range((float) (low * keep), (float) (high * keep));
            double divergence = divergence(candidate);
            if (divergence < least) {
                least = divergence;
                best = candidate;
            }
        }
        return best;
    }

    private double divergence(Range range) {
        int first = Math.max(0, (int) Math.floor((range.low() - low) / (high - low) * BINS));
        int last = Math.min(BINS, (int) Math.ceil((range.high() - low) / (high - low) * BINS));
        var cut = new double[last - first];
        for (int bin = 0; bin < BINS; bin++) {
            cut[Math.max(0, Math.min(cut.length - 1, bin - first))] += counts[bin];
        }
        int levels = Math.min(256, cut.length);
        double sum = 0;
        for (int level = 0; level < levels; level++) {
            int from = (int) ((long) cut.length * level / levels);
            int to = (int) ((long) cut.length * (level + 1) / levels);
            sum += levelDivergence(cut, first, from, to);
        }
        return sum / total;
    }

    /** What is lost where several parts of the histogram become one number: its count is spread over those that were not empty. */
    private double levelDivergence(double[] cut, int first, int from, int to) {
        double inside = 0;
        int filled = 0;
        for (int i = from; i < to; i++) {
            inside += counts[first + i];
            filled += counts[first + i] > 0 ? 1 : 0;
        }
        double sum = 0;
        for (int i = from; i < to; i++) {
            if (cut[i] > 0) {
                // Values cut off at the ends have no place in the numbers; they count against the range.
                double spread = counts[first + i] > 0 ? inside / filled : 1e-3;
                sum += cut[i] * Math.log(cut[i] / spread);
            }
        }
        return sum;
    }
}
