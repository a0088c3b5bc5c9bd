package dev.fovea.models.verify;

import java.util.List;

/**
 * What came of one file.
 *
 * @param file relative to where the search began
 * @param model the file's name for the network; empty if it describes none
 * @param spec our network for it, as text; empty if there is none
 * @param problems why it failed, beyond comparisons: keys, shapes, counts, what could not be built
 */
public record GoldenResult(
        String file,
        String model,
        String spec,
        Outcome outcome,
        long parameters,
        List<String> problems,
        List<Comparison> comparisons,
        double seconds) {
    /** How a file was dealt with. */
    public enum Outcome {
        PASSED("ok"),
        FAILED("FAILED"),
        /** No network of that name is known here; no failure. */
        NOT_REGISTERED("not registered"),
        /** JSON that describes no network. */
        OTHER("no model"),
        UNREADABLE("UNREADABLE");

        private final String text;

        Outcome(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    public GoldenResult {
        problems = List.copyOf(problems);
        comparisons = List.copyOf(comparisons);
    }

    public boolean failed() {
        return outcome == Outcome.FAILED || outcome == Outcome.UNREADABLE;
    }

    /** The comparison of a part that comes nearest to its limit or exceeds it most; NaN if there is none. */
    public double largest(Comparison.Part part) {
        return comparisons.stream()
                .filter(c -> c.part() == part)
                .mapToDouble(Comparison::difference)
                .max()
                .orElse(Double.NaN);
    }
}
