package dev.fovea.bench;

/** What came of one contender. */
public sealed interface Outcome {
    String name();

    /** It took all its turns. */
    record Measured(String name, String description, Samples samples) implements Outcome {}

    /** It could not take part. */
    record Skipped(String name, String reason) implements Outcome {}
}
