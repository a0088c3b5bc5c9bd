package dev.fovea.runtime;

import java.util.OptionalDouble;

/**
 * Which of the boxes that a graph proposes are kept.
 *
 * @param leastScore boxes at or below this score are dropped, 0-1
 * @param iou of two boxes that overlap by more than this the worse is dropped, 0-1; empty where nothing is suppressed (set prediction, or
 *     suppression in the graph)
 * @param classwise whether only boxes of one class suppress each other
 * @param candidates how many of the best are looked at, see {@link BoxForm.Dense.Share}
 * @param most how many are kept of one picture
 */
public record BoxSelection(double leastScore, OptionalDouble iou, boolean classwise, int candidates, int most) {
    /** Scores above 0.3, class by class without boxes that overlap by more than 0.5. */
    public static final BoxSelection USUAL = new BoxSelection(0.3, OptionalDouble.of(0.5), true, 10_000, 300);

    public BoxSelection {
        boolean isShare = leastScore >= 0 && leastScore <= 1 && iou.orElse(0) >= 0 && iou.orElse(0) <= 1;
        if (!isShare || candidates < 1 || most < 1) {
            throw new IllegalArgumentException("a selection needs score and IoU in 0-1 and at least one box, got score "
                    + leastScore + ", IoU " + iou + ", candidates " + candidates + ", most " + most);
        }
    }

    public BoxSelection withLeastScore(double score) {
        return new BoxSelection(score, iou, classwise, candidates, most);
    }

    public BoxSelection withIou(double newIou) {
        return new BoxSelection(leastScore, OptionalDouble.of(newIou), classwise, candidates, most);
    }

    /** Nothing is suppressed. */
    public BoxSelection withoutSuppression() {
        return new BoxSelection(leastScore, OptionalDouble.empty(), classwise, candidates, most);
    }

    public BoxSelection withClasswise(boolean on) {
        return new BoxSelection(leastScore, iou, on, candidates, most);
    }

    public BoxSelection withCandidates(int count) {
        return new BoxSelection(leastScore, iou, classwise, count, most);
    }

    public BoxSelection withMost(int count) {
        return new BoxSelection(leastScore, iou, classwise, candidates, count);
    }
}
