package dev.fovea.bench;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What recognising files can reach at best. Decoding and inference keep all cores busy each, so a picture costs the time of both, and the
 * rates add like resistances in parallel.
 *
 * @param whole pictures/s from files to predictions
 * @param decoding pictures/s of decoding alone
 * @param inference pictures/s of inference alone
 */
record FolderBound(double whole, double decoding, double inference) {
    /** From the first three outcomes, in this order; empty if one of them is missing. */
    static Optional<FolderBound> of(List<Outcome> outcomes) {
        if (outcomes.size() < 3) {
            return Optional.empty();
        }
        var rates = outcomes.subList(0, 3).stream()
                .filter(Outcome.Measured.class::isInstance)
                .map(o -> ((Outcome.Measured) o).samples().picturesPerSecond())
                .toList();
        return rates.size() == 3
                ? Optional.of(new FolderBound(rates.get(0), rates.get(1), rates.get(2)))
                : Optional.empty();
    }

    /** Of the slower of both. */
    double share() {
        return whole / Math.min(decoding, inference);
    }

    /** The share when all cores do nothing but decode and infer. */
    double mostPossible() {
        return 1 / (1 / decoding + 1 / inference) / Math.min(decoding, inference);
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%.2f of the slower of decoding (%.0f/s) and inference (%.0f/s); both on the same cores can reach %.2f",
                share(),
                decoding,
                inference,
                mostPossible());
    }
}
