package dev.fovea.export.quantise;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.StringJoiner;

/**
 * What eight bits may cost.
 *
 * @param deviation the largest {@link Loss#deviation}
 * @param points the most points of accuracy lost, 0-100; needs labelled pictures
 */
public record Limits(OptionalDouble deviation, OptionalDouble points) {
    /** Whatever it costs, all layers. */
    public static final Limits NONE = new Limits(OptionalDouble.empty(), OptionalDouble.empty());

    public Limits {
        deviation.ifPresent(d -> requireNotNegative("deviation", d));
        points.ifPresent(p -> requireNotNegative("points of accuracy", p));
    }

    private static void requireNotNegative(String what, double value) {
        if (!(value >= 0) || Double.isInfinite(value)) {
            throw new IllegalArgumentException("a limit of " + what + " is a number from 0 on, got " + value);
        }
    }

    boolean allow(Loss loss) {
        return (deviation.isEmpty() || loss.deviation() <= deviation.getAsDouble())
                && (points.isEmpty() || loss.accuracy().orElseThrow().points() <= points.getAsDouble() + 1e-9);
    }

    @Override
    public String toString() {
        var text = new StringJoiner(" and ");
        deviation.ifPresent(d -> text.add(String.format(Locale.ROOT, "a deviation of %s", d)));
        points.ifPresent(p -> text.add(String.format(Locale.ROOT, "%s points of accuracy", p)));
        return text.length() == 0 ? "no limit" : text.toString();
    }
}
