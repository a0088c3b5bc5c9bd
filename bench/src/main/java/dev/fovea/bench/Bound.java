package dev.fovea.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What training from files can reach at best. Steps keep all cores busy, and so does decoding; on a machine where both share the same
 * cores a picture costs the time of both, so the rates add like resistances in parallel: {@code 1 / (1 / step + 1 / loading)}.
 *
 * @param fromFiles pictures/s of training from files
 * @param step pictures/s of steps on a fixed batch
 * @param loading pictures/s of loading alone
 */
record Bound(double fromFiles, double step, double loading) {
    /** From the outcomes of those three, in this order; empty if one of them is missing. */
    static Optional<Bound> of(List<Outcome> outcomes) {
        var rates = outcomes.stream()
                .filter(Outcome.Measured.class::isInstance)
                .map(o -> ((Outcome.Measured) o).samples().picturesPerSecond())
                .toList();
        return rates.size() == 3 ? Optional.of(new Bound(rates.get(0), rates.get(1), rates.get(2))) : Optional.empty();
    }

    /** The rate when all cores do nothing but decode and step. */
    double sharedCores() {
        return 1 / (1 / step + 1 / loading);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "from files %.2f of the fixed batch; bound: %s (loading alone %.1f times the step's rate; with both on the same cores"
                        + " at most %.2f), of which %.2f is reached",
                fromFiles / step,
                loading < step ? "decoding" : "the step, less the cores' time that decoding takes",
                loading / step,
                sharedCores() / step,
                fromFiles / sharedCores());
    }
}
