package dev.fovea.nn.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;

/**
 * Which object each anchor or proposal is responsible for, by overlap (Girshick et al. 2014).
 *
 * @param high from this IoU on the object with the largest overlap is matched
 * @param low below this IoU there is {@linkplain #BACKGROUND nothing}; between the two is {@linkplain #UNDECIDED no decision}
 * @param best what is done for objects that no anchor overlaps enough
 */
public record BoxMatcher(double high, double low, Best best) {
    /** Mark of an anchor with background. */
    public static final long BACKGROUND = -1;

    /** Mark of an anchor that is left out of training. */
    public static final long UNDECIDED = -2;

    /** How anchors with the largest overlap with an object are treated. */
    public enum Best {
        /** As all others. */
        NO_MATTER,
        /** They are matched with their own best object, all of them where several are equal (proposals, RetinaNet). */
        LOW_QUALITY,
        /** One for each object is matched with just this object (SSD). */
        EACH_OBJECT
    }

    public BoxMatcher {
        if (!(low >= 0 && low <= high && high <= 1)) {
            throw new IllegalArgumentException(
                    "thresholds of IoU must be 0 <= low <= high <= 1, got " + low + " and " + high);
        }
    }

    /** The object for each of {@code anchors [A, 4]} among {@code objects [M, 4]}, or a mark: {@code [A]} int64. */
    public Tensor match(Tensor objects, Tensor anchors) {
        long count = anchors.dim(0);
        if (objects.dim(0) == 0 || count == 0) {
            return Tensor.full((double) BACKGROUND, DType.INT64, anchors.device(), count);
        }
        return match(Boxes.iou(objects, anchors));
    }

    /** The same from overlaps {@code [M, A]}, M and A at least 1. */
    public Tensor match(Tensor overlaps) {
        var largest = overlaps.max(0, false);
        var own = largest.indices();
        var background = Tensor.full((double) BACKGROUND, DType.INT64, overlaps.device());
        var undecided = Tensor.full((double) UNDECIDED, DType.INT64, overlaps.device());
        var matches = undecided.where(largest.values().lt(high), own);
        matches = background.where(largest.values().lt(low), matches);
        return switch (best) {
            case NO_MATTER -> matches;
            case LOW_QUALITY -> {
                var isBest = overlaps.eq(overlaps.amax(true, 1)).any(0, false);
                yield own.where(isBest, matches);
            }
            case EACH_OBJECT -> {
                var places = overlaps.argmax(1, false).toLongArray();
                var values = matches.toLongArray();
                for (int object = 0; object < places.length; object++) {
                    values[(int) places[object]] = object;
                }
                yield Tensor.of(values, values.length).to(overlaps.device());
            }
        };
    }
}
