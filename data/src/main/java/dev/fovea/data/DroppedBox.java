package dev.fovea.data;

/**
 * A box that a reader left out, because it has no area or is no box at all.
 *
 * @param source the picture, or the place in the file of annotations
 * @param text the box as it was written
 * @param reason one sentence on what is wrong with it
 */
public record DroppedBox(String source, String text, String reason) {}
