package dev.fovea.nn.schedule;

/**
 * One rise to the peak and one long descent far below the start (Smith and Topin, Super-Convergence, 2018). The group's base rate is
 * the peak.
 *
 * @param steps the length of the whole run
 * @param rise the share of the steps in which the rate rises, 0 to 1
 * @param startDivisor the rate starts at the peak divided by this
 * @param endDivisor the rate ends at its start divided by this
 * @param cosine whether rise and descent are half cosine waves; straight lines if not
 * @param threePhases whether the descent mirrors the rise down to the start and a third phase goes on to the end
 */
public record OneCycle(
        long steps, double rise, double startDivisor, double endDivisor, boolean cosine, boolean threePhases)
        implements Schedule {
    public OneCycle {
        if (steps < 1 || !(rise > 0 && rise < 1) || !(startDivisor >= 1) || !(endDivisor >= 1)) {
            throw new IllegalArgumentException("one-cycle needs steps >= 1, 0 < rise < 1 and divisors >= 1; got steps="
                    + steps + ", rise=" + rise + ", startDivisor=" + startDivisor + ", endDivisor=" + endDivisor);
        }
    }

    /** The same with another share of rising steps. */
    public OneCycle rise(double share) {
        return new OneCycle(steps, share, startDivisor, endDivisor, cosine, threePhases);
    }

    /** The same with straight lines in place of cosine waves. */
    public OneCycle linear() {
        return new OneCycle(steps, rise, startDivisor, endDivisor, false, threePhases);
    }

    /** The same with a descent that mirrors the rise, and a third phase. */
    public OneCycle inThreePhases() {
        return new OneCycle(steps, rise, startDivisor, endDivisor, cosine, true);
    }

    @Override
    public double lr(double baseLr, long step) {
        double start = baseLr / startDivisor;
        double end = start / endDivisor;
        double top = rise * steps - 1;
        double last = Math.max(steps - 1, 1);
        if (step <= top) {
            // A run of very few steps may have no room to rise.
            return top > 0 ? between(start, baseLr, step / top) : baseLr;
        }
        if (!threePhases) {
            return between(baseLr, end, (step - top) / (last - top));
        }
        double foot = 2 * rise * steps - 2;
        return step <= foot
                ? between(baseLr, start, (step - top) / (foot - top))
                : between(start, end, (step - foot) / (last - foot));
    }

    private double between(double from, double to, double share) {
        double s = Math.min(Math.max(share, 0), 1);
        return cosine ? to + (from - to) * (1 + Math.cos(Math.PI * s)) / 2 : from + (to - from) * s;
    }
}
