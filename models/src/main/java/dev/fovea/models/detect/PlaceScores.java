package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;

/**
 * What a network says of a number of places that does not change with what is in the picture: a box and a score for each class. Networks leave
 * as graphs in this form; what is chosen among the places is told beside it.
 *
 * @param boxes {@code [N, A, 4]} float32, corners {@code (x1, y1, x2, y2)} in prepared pixels, not yet cut to the picture; or
 *     {@code [N, A, C, 4]} where each class has a box of its own
 * @param scores {@code [N, A, C]} float32, 0-1, without a background
 * @param ranking how the choice is made
 */
public record PlaceScores(Tensor boxes, Tensor scores, Ranking ranking) {
    /** Whether each class of a place has a box of its own, as after the second stage of a two-stage network. */
    public boolean hasBoxOfEachClass() {
        return boxes.rank() == 4;
    }
}
