package dev.fovea.nn.schedule;

import java.util.List;

/**
 * The learning rate as a function of the step. A step is whatever the caller counts, batches or epochs; the lengths given to the
 * schedule are in the same unit.
 *
 * <pre>{@code
 * var schedule = Schedule.cosine(steps - 500).afterWarmUp(500);
 * group.lr(schedule.lr(group.baseLr(), step));      // before every optimiser step
 * }</pre>
 */
@FunctionalInterface
public interface Schedule {
    /**
     * The learning rate in use at a step.
     *
     * @param baseLr the group's own learning rate; groups keep their ratio under every schedule that has no absolute minimum
     * @param step 0 for the first
     */
    double lr(double baseLr, long step);

    /** The same rate throughout. */
    static Schedule constant() {
        return (baseLr, step) -> baseLr;
    }

    /** {@code factor} times the rate in the first {@code steps}, the full rate after. */
    static Schedule constant(double factor, long steps) {
        return (baseLr, step) -> step < steps ? baseLr * factor : baseLr;
    }

    /** Multiplied by {@code gamma} every {@code every} steps. */
    static Schedule step(long every, double gamma) {
        positive("every", every);
        return (baseLr, step) -> {
            long times = step / every;
            return baseLr * Math.pow(gamma, (double) times);
        };
    }

    /** Multiplied by {@code gamma} at each of the given steps. */
    static Schedule multiStep(List<Long> milestones, double gamma) {
        var sorted = milestones.stream().sorted().toList();
        return (baseLr, step) -> baseLr
                * Math.pow(
                        gamma, (double) sorted.stream().filter(m -> m <= step).count());
    }

    /** Multiplied by {@code gamma} at every step. */
    static Schedule exponential(double gamma) {
        return (baseLr, step) -> baseLr * Math.pow(gamma, (double) step);
    }

    /** {@link #cosine(long, double)} down to 0. */
    static Schedule cosine(long steps) {
        return cosine(steps, 0);
    }

    /**
     * Half a cosine wave from the base rate at step 0 to {@code minLr} at step {@code steps}; it rises again after that
     * (Loshchilov and Hutter, SGDR, 2017, without restarts).
     */
    static Schedule cosine(long steps, double minLr) {
        positive("steps", steps);
        return (baseLr, step) -> minLr + (baseLr - minLr) * (1 + Math.cos(Math.PI * step / steps)) / 2;
    }

    /**
     * Cosine waves that begin anew at the base rate: the first lasts {@code first} steps, each later one {@code multiplier} times
     * the one before (Loshchilov and Hutter, SGDR, 2017).
     */
    static Schedule cosineRestarts(long first, int multiplier, double minLr) {
        positive("first", first);
        positive("multiplier", multiplier);
        return (baseLr, step) -> {
            long length = first;
            long at = step;
            if (multiplier == 1) {
                at = step % first;
            } else {
                while (at >= length) {
                    at -= length;
                    length = Math.multiplyExact(length, multiplier);
                }
            }
            return minLr + (baseLr - minLr) * (1 + Math.cos(Math.PI * at / length)) / 2;
        };
    }

    /** {@code (1 - step / steps) ^ power} times the base rate, 0 from step {@code steps} on. */
    static Schedule polynomial(long steps, double power) {
        positive("steps", steps);
        return (baseLr, step) -> baseLr * Math.pow(1 - (double) Math.min(step, steps) / steps, power);
    }

    /** {@link OneCycle} with its usual numbers; the base rate is the peak. */
    static OneCycle oneCycle(long steps) {
        return new OneCycle(steps, 0.3, 25, 1e4, true, false);
    }

    /**
     * Straight up from {@code minLr} to the base rate in {@code up} steps, down in {@code down}, again and again (Smith, Cyclical
     * Learning Rates, 2017).
     *
     * @param halving whether the height halves with every cycle
     */
    static Schedule cyclic(double minLr, long up, long down, boolean halving) {
        positive("up", up);
        positive("down", down);
        return (baseLr, step) -> {
            long cycle = step / (up + down);
            long at = step % (up + down);
            double height = at <= up ? (double) at / up : (double) (up + down - at) / down;
            return minLr + (baseLr - minLr) * height * (halving ? Math.pow(0.5, (double) cycle) : 1);
        };
    }

    /** This schedule after {@link #afterWarmUp(long, double)} from a hundredth of the base rate. */
    default Schedule afterWarmUp(long steps) {
        return afterWarmUp(steps, 0.01);
    }

    /**
     * A straight rise from {@code startFactor} times the base rate to the whole of it in {@code steps} steps, then this schedule
     * from its own step 0 on.
     */
    default Schedule afterWarmUp(long steps, double startFactor) {
        if (steps < 0 || !(startFactor >= 0 && startFactor <= 1)) {
            throw new IllegalArgumentException("warm-up needs steps >= 0 and a start factor from 0 to 1; got steps="
                    + steps + ", startFactor=" + startFactor);
        }
        return (baseLr, step) ->
                step < steps ? baseLr * (startFactor + (1 - startFactor) * step / steps) : lr(baseLr, step - steps);
    }

    private static void positive(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("the schedule's " + name + " must be at least 1; got " + value);
        }
    }
}
