package dev.fovea.export.lower;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds what a length that differs between recordings follows. */
final class Lengths {
    private static final int MOST_CANDIDATES = 40;

    private final Recordings recordings;

    Lengths(Recordings recordings) {
        this.recordings = recordings;
    }

    /**
     * The length that had these values; empty when nothing explains it.
     *
     * @param near values to look at first: the inputs of the operation
     * @param before how many values exist when the operation runs
     */
    Optional<Length> explain(long[] seen, List<Integer> near, int before) {
        if (Length.isConstant(seen)) {
            return Optional.of(Length.fixed(seen[0], seen.length));
        }
        var close = axes(near);
        var inputs = axes(recordings.inputs());
        return products(seen, close).or(() -> products(seen, inputs)).or(() -> anywhere(seen, before));
    }

    private List<Length.Axis> axes(List<Integer> values) {
        var axes = new ArrayList<Length.Axis>();
        values.stream().filter(v -> v >= 0).distinct().forEach(v -> axes.addAll(recordings.freeAxes(v)));
        return axes.size() > MOST_CANDIDATES ? axes.subList(0, MOST_CANDIDATES) : axes;
    }

    /** One, two or three lengths whose product has a constant ratio to what was seen; the ratio 1 and few factors first. */
    private Optional<Length> products(long[] seen, List<Length.Axis> axes) {
        Length best = null;
        for (int i = 0; i < axes.size(); i++) {
            best = better(best, ratio(seen, List.of(axes.get(i))));
        }
        for (int i = 0; best == null && i < axes.size(); i++) {
            for (int j = i + 1; j < axes.size(); j++) {
                best = better(best, ratio(seen, List.of(axes.get(i), axes.get(j))));
            }
        }
        for (int i = 0; best == null && i < axes.size(); i++) {
            for (int j = i + 1; j < axes.size(); j++) {
                for (int k = j + 1; k < axes.size(); k++) {
                    best = better(best, ratio(seen, List.of(axes.get(i), axes.get(j), axes.get(k))));
                }
            }
        }
        return Optional.ofNullable(best);
    }

    private static Length better(Length a, Length b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        boolean plain = b.times() == 1 && b.over() == 1;
        return plain && !(a.times() == 1 && a.over() == 1) ? b : a;
    }

    private Length ratio(long[] seen, List<Length.Axis> factors) {
        var product = new long[seen.length];
        for (int r = 0; r < seen.length; r++) {
            product[r] = 1;
            for (var axis : factors) {
                product[r] *= recordings.lengths(axis.value(), axis.dim())[r];
            }
            if (product[r] == 0 || seen[r] * product[0] != seen[0] * product[r]) {
                return null;
            }
        }
        long divisor = gcd(seen[0], product[0]);
        return divisor == 0 ? null : new Length(seen, factors, seen[0] / divisor, product[0] / divisor);
    }

    private static long gcd(long a, long b) {
        return b == 0 ? a : gcd(b, a % b);
    }

    /** A length of any value made earlier that was the same in each recording; the latest first. */
    private Optional<Length> anywhere(long[] seen, int before) {
        for (int value = before - 1; value >= 0; value--) {
            if (recordings.isFixed(value)) {
                continue;
            }
            for (var axis : recordings.freeAxes(value)) {
                if (java.util.Arrays.equals(seen, recordings.lengths(axis.value(), axis.dim()))) {
                    return Optional.of(new Length(seen, List.of(axis), 1, 1));
                }
            }
        }
        return Optional.empty();
    }
}
