package dev.fovea.export.lower;

import java.util.Arrays;
import java.util.List;

/** A length in a graph: the same in all recordings, or free, then a product of lengths of values times a ratio. */
final class Length {
    /** One dimension of a recorded value. */
    record Axis(int value, int dim) {}

    private final long[] seen;
    private final List<Axis> factors;
    private final long times;
    private final long over;

    /**
     * A length that is the product of others times a ratio.
     *
     * @param seen what it was in each recording
     * @param factors none for a fixed length, and for a free one that nothing explains
     */
    Length(long[] seen, List<Axis> factors, long times, long over) {
        this.seen = seen.clone();
        this.factors = List.copyOf(factors);
        this.times = times;
        this.over = over;
    }

    /** A length that never changes. */
    static Length fixed(long n, int recordings) {
        var seen = new long[recordings];
        Arrays.fill(seen, n);
        return new Length(seen, List.of(), 1, 1);
    }

    /** What it was in each recording. */
    long[] seen() {
        return seen.clone();
    }

    /** The lengths whose product it follows. */
    List<Axis> factors() {
        return factors;
    }

    /** What the product is multiplied by. */
    long times() {
        return times;
    }

    /** What the product is divided by, without a rest. */
    long over() {
        return over;
    }

    boolean isFixed() {
        return isConstant(seen);
    }

    /** Whether a graph can compute it. */
    boolean isKnown() {
        return isFixed() || !factors.isEmpty();
    }

    /** What it was in the first recording. */
    long base() {
        return seen[0];
    }

    boolean sameAs(Length other) {
        return Arrays.equals(seen, other.seen);
    }

    static boolean isConstant(long[] seen) {
        return Arrays.stream(seen).allMatch(n -> n == seen[0]);
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Length l && sameAs(l) && factors.equals(l.factors) && times == l.times && over == l.over;
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(seen);
    }

    @Override
    public String toString() {
        return isFixed() ? Long.toString(seen[0]) : "free " + Arrays.toString(seen);
    }
}
