package dev.fovea.models.detect;

/**
 * Which of the boxes that a network proposes are kept.
 *
 * @param leastScore boxes at or below this score are dropped, 0-1
 * @param iou of two boxes of one class that overlap by more than this the worse is dropped, 0-1; set prediction does not need it
 * @param candidates how many of the best (of each level of a pyramid, or each class) are looked at
 * @param most how many are kept of one picture
 */
public record Selection(double leastScore, double iou, int candidates, int most) {
    public Selection {
        if (!(leastScore >= 0 && leastScore <= 1 && iou >= 0 && iou <= 1) || candidates < 1 || most < 1) {
            throw new IllegalArgumentException("a selection needs score and IoU in 0-1 and at least one box, got score "
                    + leastScore + ", IoU " + iou + ", candidates " + candidates + ", most " + most);
        }
    }

    public Selection withLeastScore(double score) {
        return new Selection(score, iou, candidates, most);
    }

    public Selection withIou(double newIou) {
        return new Selection(leastScore, newIou, candidates, most);
    }

    public Selection withMost(int newMost) {
        return new Selection(leastScore, iou, candidates, newMost);
    }
}
