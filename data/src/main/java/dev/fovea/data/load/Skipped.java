package dev.fovea.data.load;

/**
 * A picture that could not be read and was left out.
 *
 * @param source the file, or file and index
 * @param reason one sentence, naming the source
 */
public record Skipped(String source, String reason) {}
