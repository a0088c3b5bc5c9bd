package dev.fovea.train;

import java.util.Map;

/** What an evaluation found: figures by name, one of which decides which weights are best. */
public interface Evaluation {
    /** All figures by name, most important first; shares are 0-1. */
    Map<String, Double> figures();

    /** The name of the figure that decides. */
    String primary();

    /** Whether a larger value of {@link #primary} is better. */
    boolean higherIsBetter();

    /** The value of {@link #primary}. */
    default double score() {
        return figures().get(primary());
    }
}
