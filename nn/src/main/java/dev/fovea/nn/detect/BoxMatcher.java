package dev.fovea.nn.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

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

    /** Overlaps that are held at once, 64 MB of them; for a crowded picture they are computed part by part. */
    private static final long MOST_OVERLAPS = 1L << 24;

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
        return match(objects, anchors, Math.max(1, MOST_OVERLAPS / count));
    }

    /** The same with so many objects at a time. */
    Tensor match(Tensor objects, Tensor anchors, long atOnce) {
        try (var off = Grad.off();
                var scope = Scope.open()) {
            Found all = null;
            for (long first = 0; first < objects.dim(0); first += atOnce) {
                try (var inner = Scope.open()) {
                    var part = objects.narrow(0, first, Math.min(atOnce, objects.dim(0) - first));
                    var found = found(Boxes.iou(part, anchors), first);
                    all = all == null ? found : all.with(found);
                    all.keep(inner);
                }
            }
            return scope.keep(decided(all));
        }
    }

    /** The same from overlaps {@code [M, A]}, M and A at least 1. */
    public Tensor match(Tensor overlaps) {
        return decided(found(overlaps, 0));
    }

    /**
     * What some objects say of each anchor.
     *
     * @param overlap the largest overlap {@code [A]}
     * @param object with which object {@code [A]}
     * @param isBest whether no anchor overlaps some object more {@code [A]}; empty where that does not matter
     * @param places for each object the anchor that it overlaps most; empty where that does not matter
     */
    private record Found(Tensor overlap, Tensor object, Optional<Tensor> isBest, List<Long> places) {
        /** Together with objects that follow; of equal overlaps that with the earlier object counts. */
        Found with(Found later) {
            var isLarger = later.overlap.gt(overlap);
            var both = new ArrayList<>(places);
            both.addAll(later.places);
            return new Found(
                    later.overlap.maximum(overlap),
                    later.object.where(isLarger, object),
                    isBest.map(b -> b.logicalOr(later.isBest.orElseThrow())),
                    both);
        }

        void keep(Scope scope) {
            scope.keep(overlap);
            scope.keep(object);
            isBest.ifPresent(scope::keep);
        }
    }

    private Found found(Tensor overlaps, long firstObject) {
        var largest = overlaps.max(0, false);
        var isBest = best == Best.LOW_QUALITY
                ? Optional.of(overlaps.eq(overlaps.amax(true, 1)).any(0, false))
                : Optional.<Tensor>empty();
        List<Long> places = best == Best.EACH_OBJECT
                ? Arrays.stream(overlaps.argmax(1, false).toLongArray()).boxed().toList()
                : List.of();
        var object = firstObject == 0 ? largest.indices() : largest.indices().add((double) firstObject);
        return new Found(largest.values(), object, isBest, places);
    }

    private Tensor decided(Found found) {
        var device = found.overlap.device();
        var background = Tensor.full((double) BACKGROUND, DType.INT64, device);
        var undecided = Tensor.full((double) UNDECIDED, DType.INT64, device);
        var matches = undecided.where(found.overlap.lt(high), found.object);
        matches = background.where(found.overlap.lt(low), matches);
        if (found.isBest.isPresent()) {
            return found.object.where(found.isBest.get(), matches);
        }
        if (found.places.isEmpty()) {
            return matches;
        }
        var values = matches.toLongArray();
        for (int object = 0; object < found.places.size(); object++) {
            values[found.places.get(object).intValue()] = object;
        }
        return Tensor.of(values, values.length).to(device);
    }
}
