package dev.fovea.nn;

import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * How a set of named tensors fits a module.
 *
 * @param missing keys of the module that the tensors lack
 * @param unexpected keys of the tensors that the module does not have
 * @param misshaped keys that both have, in different shapes
 */
public record LoadReport(List<String> missing, List<String> unexpected, List<Misshaped> misshaped) {
    /** A tensor whose shape is not that of the module's. */
    public record Misshaped(String key, Shape expected, Shape actual) {
        @Override
        public String toString() {
            return key + ": expected " + expected + ", got " + actual;
        }
    }

    private static final int SHOWN = 10;

    public LoadReport {
        missing = List.copyOf(missing);
        unexpected = List.copyOf(unexpected);
        misshaped = List.copyOf(misshaped);
    }

    /**
     * Compares without changing anything. Counters of batches ({@code num_batches_tracked}) may be missing: files written before
     * 2018 and frozen normalisations have none.
     */
    static LoadReport compare(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        var missing = new ArrayList<String>();
        var unexpected = new ArrayList<String>();
        var misshaped = new ArrayList<Misshaped>();
        expected.forEach((key, own) -> {
            var other = actual.get(key);
            if (other == null) {
                if (!key.endsWith("num_batches_tracked")) {
                    missing.add(key);
                }
            } else if (!other.shape().equals(own.shape())) {
                misshaped.add(new Misshaped(key, own.shape(), other.shape()));
            }
        });
        for (var key : actual.keySet()) {
            if (!expected.containsKey(key)) {
                unexpected.add(key);
            }
        }
        return new LoadReport(missing, unexpected, misshaped);
    }

    /** Whether every tensor of the module was given, in its shape, and nothing else. */
    public boolean isComplete() {
        return missing.isEmpty() && unexpected.isEmpty() && misshaped.isEmpty();
    }

    /** One sentence with counts and the first name of each kind. */
    public String sentence() {
        if (isComplete()) {
            return "all keys match";
        }
        var parts = new ArrayList<String>();
        if (!missing.isEmpty()) {
            String first = missing.get(0);
            parts.add(missing.size() + " missing (first: " + first
                    + nearest(first, unexpected)
                            .map(n -> ", perhaps there as " + n)
                            .orElse("") + ")");
        }
        if (!unexpected.isEmpty()) {
            parts.add(unexpected.size() + " unexpected (first: " + unexpected.get(0) + ")");
        }
        if (!misshaped.isEmpty()) {
            parts.add(misshaped.size() + " of another shape (first: " + misshaped.get(0) + ")");
        }
        return String.join("; ", parts);
    }

    /** All names, one a line, at most ten of each kind; missing ones with the nearest name that was there instead. */
    @Override
    public String toString() {
        if (isComplete()) {
            return sentence();
        }
        var lines = new ArrayList<String>();
        section(
                lines,
                "missing",
                missing.stream()
                        .limit(SHOWN)
                        .map(k -> k
                                + nearest(k, unexpected)
                                        .map(n -> "   (perhaps there as " + n + ")")
                                        .orElse(""))
                        .toList(),
                missing.size());
        section(lines, "unexpected", unexpected.stream().limit(SHOWN).toList(), unexpected.size());
        section(
                lines,
                "of another shape",
                misshaped.stream().limit(SHOWN).map(Misshaped::toString).toList(),
                misshaped.size());
        return String.join("\n", lines);
    }

    private static void section(List<String> lines, String title, List<String> shown, int all) {
        if (all == 0) {
            return;
        }
        lines.add(all + " " + title + ":");
        shown.forEach(line -> lines.add("  " + line));
        if (all > shown.size()) {
            lines.add("  and " + (all - shown.size()) + " more");
        }
    }

    /** The candidate with the fewest edits, if at least half of the key is the same. */
    static Optional<String> nearest(String key, Collection<String> candidates) {
        String best = null;
        int fewest = key.length() / 2 + 1;
        for (var candidate : candidates) {
            if (Math.abs(candidate.length() - key.length()) < fewest) {
                int edits = LevenshteinDistance.getDefaultInstance().apply(key, candidate);
                if (edits < fewest) {
                    fewest = edits;
                    best = candidate;
                }
            }
        }
        return Optional.ofNullable(best);
    }
}
