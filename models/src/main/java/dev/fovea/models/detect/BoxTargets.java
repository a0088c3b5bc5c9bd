package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;

/**
 * The objects in one prepared picture; it may have none.
 *
 * @param boxes {@code [M, 4]} float32, corners {@code (x1, y1, x2, y2)} in prepared pixels, each with an area
 * @param labels {@code [M]} int64, classes from 0
 */
public record BoxTargets(Tensor boxes, Tensor labels) {
    public BoxTargets {
        if (boxes.rank() != 2 || boxes.dim(1) != 4 || labels.rank() != 1 || labels.dim(0) != boxes.dim(0)) {
            throw new IllegalArgumentException(
                    "expected boxes [M, 4] and labels [M], got " + boxes.shape() + " and " + labels.shape());
        }
    }

    public int count() {
        return (int) labels.dim(0);
    }
}
