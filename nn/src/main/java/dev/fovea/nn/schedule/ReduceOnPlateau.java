package dev.fovea.nn.schedule;

import java.util.Map;

/**
 * Lowers the learning rate when a measured value stops getting better. The one schedule with a memory: call {@link #observe} after
 * every evaluation, save {@link #state} with the run.
 */
public final class ReduceOnPlateau implements Schedule {
    private final Options options;
    private double best;
    private long withoutGain;
    private long resting;
    private long reductions;

    /**
     * When and how much.
     *
     * @param maximise whether larger values are better
     * @param factor what the rate is multiplied by, between 0 and 1
     * @param patience how many evaluations in a row may bring no gain; the next one lowers the rate
     * @param threshold the least gain that counts, as a share of the best value
     * @param cooldown how many evaluations after a reduction are not counted as without gain
     * @param minLr the rate does not go below this
     */
    public record Options(boolean maximise, double factor, int patience, double threshold, int cooldown, double minLr) {
        public Options {
            if (!(factor > 0 && factor < 1) || patience < 0 || cooldown < 0 || threshold < 0 || minLr < 0) {
                throw new IllegalArgumentException(
                        "reduce-on-plateau needs 0 < factor < 1 and no negative numbers; got factor=" + factor
                                + ", patience=" + patience + ", threshold=" + threshold + ", cooldown=" + cooldown
                                + ", minLr=" + minLr);
            }
        }

        /** A tenth after more than 10 evaluations without a gain of a ten-thousandth, for values that should fall. */
        public static Options falling() {
            return new Options(false, 0.1, 10, 1e-4, 0, 0);
        }

        /** The same for values that should rise. */
        public static Options rising() {
            return new Options(true, 0.1, 10, 1e-4, 0, 0);
        }
    }

    public ReduceOnPlateau(Options options) {
        this.options = options;
        best = options.maximise ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY;
    }

    /** Takes an evaluation's value into account; NaN counts as no gain. */
    public void observe(double value) {
        if (isGain(value)) {
            best = value;
            withoutGain = 0;
        } else {
            withoutGain++;
        }
        if (resting > 0) {
            resting--;
            withoutGain = 0;
        }
        if (withoutGain > options.patience) {
            reductions++;
            resting = options.cooldown;
            withoutGain = 0;
        }
    }

    private boolean isGain(double value) {
        if (Double.isInfinite(best)) {
            return options.maximise ? value > best : value < best;
        }
        return options.maximise ? value > best * (1 + options.threshold) : value < best * (1 - options.threshold);
    }

    /** The rate after the reductions so far, whatever the step. */
    @Override
    public double lr(double baseLr, long step) {
        double lr = baseLr;
        for (long i = 0; i < reductions; i++) {
            lr = Math.max(lr * options.factor, Math.min(options.minLr, baseLr));
        }
        return lr;
    }

    /** What {@link #restore} needs to go on as if nothing had happened. */
    public Map<String, Double> state() {
        return Map.of(
                "best", best,
                "without_gain", (double) withoutGain,
                "resting", (double) resting,
                "reductions", (double) reductions);
    }

    /** Takes over what {@link #state} gave. */
    public void restore(Map<String, Double> state) {
        if (!state.keySet().equals(state().keySet())) {
            throw new IllegalArgumentException(
                    "expected the state of reduce-on-plateau, " + state().keySet() + ", got " + state.keySet());
        }
        best = state.get("best");
        withoutGain = state.get("without_gain").longValue();
        resting = state.get("resting").longValue();
        reductions = state.get("reductions").longValue();
    }
}
