package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;

/**
 * What a detector found in one picture, best first.
 *
 * @param boxes {@code [K, 4]} float32, corners {@code (x1, y1, x2, y2)} in prepared pixels, inside the picture
 * @param scores {@code [K]} float32, 0-1, descending
 * @param labels {@code [K]} int64, classes from 0
 */
public record FoundBoxes(Tensor boxes, Tensor scores, Tensor labels) {
    public int count() {
        return (int) scores.dim(0);
    }
}
