package dev.fovea.export.quantise;

/**
 * A layer and what it changes.
 *
 * @param layer the name of its node
 * @param deviation of the outputs if it alone is in eight bits, see {@link Loss#deviation}
 */
public record Contribution(String layer, double deviation) {}
