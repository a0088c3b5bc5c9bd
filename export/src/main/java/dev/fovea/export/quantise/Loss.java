package dev.fovea.export.quantise;

import dev.fovea.export.Deviation;
import java.util.Locale;
import java.util.Optional;

/**
 * What eight bits cost, measured on pictures.
 *
 * @param deviation the root mean square of the outputs' change, in units of the outputs' standard deviation
 * @param largest the largest change of one output
 * @param agreement the share of pictures whose best class is the same as before
 * @param accuracy how many labelled pictures are recognised, if there are any
 */
public record Loss(double deviation, Deviation largest, double agreement, Optional<Accuracy> accuracy) {
    /**
     * Shares of labelled pictures that are recognised, 0-1.
     *
     * @param before in float32
     * @param after in eight bits
     */
    public record Accuracy(double before, double after) {
        /** Points lost, of a hundred; negative where more are recognised than before. */
        public double points() {
            return (before - after) * 100;
        }
    }

    @Override
    public String toString() {
        return String.format(
                        Locale.ROOT,
                        "outputs differ by %.3f of their standard deviation, the best class is the same for %.1f %%",
                        deviation,
                        agreement * 100)
                + accuracy.map(a -> String.format(
                                Locale.ROOT, ", accuracy %.2f %% after %.2f %%", a.after() * 100, a.before() * 100))
                        .orElse("");
    }
}
