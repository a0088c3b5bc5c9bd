package dev.fovea.nn.detect;

import dev.fovea.tensor.Tensor;
import java.util.List;

/** Boxes {@code [..., 4]} as tensors: their forms, areas, and how much they overlap. All but choosing rows is differentiable. */
public final class Boxes {
    /** {@code 4 / pi^2}, the factor of the aspect ratios' term in CIoU. */
    private static final double ASPECT = 4 / (Math.PI * Math.PI);

    private Boxes() {}

    // --- forms -----------------------------------------------------------------------------------------------------

    /** Centre and size {@code (cx, cy, w, h)} to corners. */
    public static Tensor centersToCorners(Tensor boxes) {
        var b = parts(boxes);
        var halfWidth = b.get(2).mul(0.5);
        var halfHeight = b.get(3).mul(0.5);
        return join(
                b.get(0).sub(halfWidth),
                b.get(1).sub(halfHeight),
                b.get(0).add(halfWidth),
                b.get(1).add(halfHeight));
    }

    /** Corners to centre and size {@code (cx, cy, w, h)}. */
    public static Tensor cornersToCenters(Tensor boxes) {
        var b = parts(boxes);
        return join(
                b.get(0).add(b.get(2)).div(2),
                b.get(1).add(b.get(3)).div(2),
                b.get(2).sub(b.get(0)),
                b.get(3).sub(b.get(1)));
    }

    /** Corners to top left and size {@code (x, y, w, h)}, the form of COCO. */
    public static Tensor cornersToSizes(Tensor boxes) {
        var b = parts(boxes);
        return join(b.get(0), b.get(1), b.get(2).sub(b.get(0)), b.get(3).sub(b.get(1)));
    }

    /** Top left and size {@code (x, y, w, h)} to corners. */
    public static Tensor sizesToCorners(Tensor boxes) {
        var b = parts(boxes);
        return join(b.get(0), b.get(1), b.get(0).add(b.get(2)), b.get(1).add(b.get(3)));
    }

    /** The four coordinates, each {@code [...]}. */
    public static List<Tensor> parts(Tensor boxes) {
        if (boxes.rank() < 1 || boxes.dim(boxes.rank() - 1) != 4) {
            throw new IllegalArgumentException("boxes are [..., 4], got " + boxes.shape());
        }
        return boxes.unbind(-1);
    }

    /** Boxes of four coordinates, the reverse of {@link #parts}. */
    public static Tensor join(Tensor a, Tensor b, Tensor c, Tensor d) {
        return Tensor.stack(List.of(a, b, c, d), -1);
    }

    /** Corners times {@code x} and {@code y}, as a picture of another size needs them. */
    public static Tensor scaled(Tensor boxes, double x, double y) {
        var b = parts(boxes);
        return join(b.get(0).mul(x), b.get(1).mul(y), b.get(2).mul(x), b.get(3).mul(y));
    }

    /** Boxes cut at the border of a picture. */
    public static Tensor clipped(Tensor boxes, double height, double width) {
        var b = parts(boxes);
        return join(
                b.get(0).clamp(0, width),
                b.get(1).clamp(0, height),
                b.get(2).clamp(0, width),
                b.get(3).clamp(0, height));
    }

    /** The places {@code [K]} (int64) of boxes {@code [N, 4]} whose both sides have at least this length. */
    public static Tensor atLeast(Tensor boxes, double side) {
        var b = parts(boxes);
        var wide = b.get(2).sub(b.get(0)).ge(side);
        var high = b.get(3).sub(b.get(1)).ge(side);
        return places(wide.logicalAnd(high));
    }

    /** The places {@code [K]} (int64) at which a mask {@code [N]} is true. */
    public static Tensor places(Tensor mask) {
        return mask.nonzero().reshape(-1);
    }

    /** The smallest boxes {@code [N, 4]} around masks {@code [N, H, W]}: first and last column and row with a value that is not zero. */
    public static Tensor around(Tensor masks) {
        int count = (int) masks.dim(0);
        var corners = new float[4 * count];
        for (int i = 0; i < count; i++) {
            var places = masks.select(0, i).nonzero();
            if (places.dim(0) == 0) {
                throw new IllegalArgumentException("mask " + i + " is empty, so no box is around it");
            }
            var first = places.amin(false, 0).toLongArray();
            var last = places.amax(false, 0).toLongArray();
            corners[4 * i] = first[1];
            corners[4 * i + 1] = first[0];
            corners[4 * i + 2] = last[1];
            corners[4 * i + 3] = last[0];
        }
        return Tensor.of(corners, count, 4).to(masks.device());
    }

    /** Areas {@code [...]}. */
    public static Tensor area(Tensor boxes) {
        var b = parts(boxes);
        return b.get(2).sub(b.get(0)).mul(b.get(3).sub(b.get(1)));
    }

    // --- overlap of all pairs --------------------------------------------------------------------------------------

    /** Intersection over union of all pairs of boxes {@code [N, 4]} and {@code [M, 4]}: {@code [N, M]}; of two empty boxes NaN. */
    public static Tensor iou(Tensor a, Tensor b) {
        return Overlap.of(rows(a), columns(b)).iou();
    }

    /** Generalised IoU of all pairs, Rezatofighi et al. 2019: {@code [N, M]} in -1 to 1. */
    public static Tensor generalizedIou(Tensor a, Tensor b) {
        return Overlap.of(rows(a), columns(b)).generalized(0);
    }

    /** Distance IoU of all pairs, Zheng et al. 2020: {@code [N, M]}. */
    public static Tensor distanceIou(Tensor a, Tensor b) {
        return Overlap.of(rows(a), columns(b)).distance(1e-7);
    }

    /** Complete IoU of all pairs, Zheng et al. 2020: {@code [N, M]}. */
    public static Tensor completeIou(Tensor a, Tensor b) {
        return Overlap.of(rows(a), columns(b)).complete(1e-7);
    }

    private static Tensor rows(Tensor boxes) {
        return boxes.unsqueeze(1);
    }

    private static Tensor columns(Tensor boxes) {
        return boxes.unsqueeze(0);
    }

    // --- overlap of one box with one -------------------------------------------------------------------------------

    /** IoU of each box of {@code a} with the box of {@code b} at the same place: {@code [N, 4]} and {@code [N, 4]} to {@code [N]}. */
    public static Tensor pairedIou(Tensor a, Tensor b) {
        return Overlap.of(a, b).iou();
    }

    /** Generalised IoU of boxes at the same place: {@code [N]}. */
    public static Tensor pairedGeneralizedIou(Tensor a, Tensor b) {
        return Overlap.of(a, b).generalized(0);
    }

    /** {@code 1 - GIoU} of boxes at the same place: {@code [N]}; also for empty boxes a number. */
    public static Tensor generalizedIouLoss(Tensor a, Tensor b) {
        return Overlap.of(a, b).guarded(1e-7).generalized(1e-7).neg().add(1);
    }

    /** {@code 1 - DIoU} of boxes at the same place: {@code [N]}. */
    public static Tensor distanceIouLoss(Tensor a, Tensor b) {
        return Overlap.of(a, b).guarded(1e-7).distance(1e-7).neg().add(1);
    }

    /** {@code 1 - CIoU} of boxes at the same place: {@code [N]}; the weight of the aspect ratios' term has no gradient. */
    public static Tensor completeIouLoss(Tensor a, Tensor b) {
        return Overlap.of(a, b).guarded(1e-7).complete(1e-7).neg().add(1);
    }

    /** What all measures share; shapes broadcast. {@code guard} keeps the union from being zero. */
    private record Overlap(List<Tensor> a, List<Tensor> b, Tensor intersection, Tensor union, double guard) {
        static Overlap of(Tensor first, Tensor second) {
            var a = parts(first);
            var b = parts(second);
            var width =
                    a.get(2).minimum(b.get(2)).sub(a.get(0).maximum(b.get(0))).clampMin(0);
            var height =
                    a.get(3).minimum(b.get(3)).sub(a.get(1).maximum(b.get(1))).clampMin(0);
            var intersection = width.mul(height);
            var union = area(first).add(area(second)).sub(intersection);
            return new Overlap(a, b, intersection, union, 0);
        }

        Overlap guarded(double epsilon) {
            return new Overlap(a, b, intersection, union, epsilon);
        }

        Tensor iou() {
            return intersection.div(guard == 0 ? union : union.add(guard));
        }

        private Tensor hullSide(int low, int high) {
            return a.get(high).maximum(b.get(high)).sub(a.get(low).minimum(b.get(low)));
        }

        Tensor generalized(double epsilon) {
            var hull = hullSide(0, 2).mul(hullSide(1, 3));
            return iou().sub(hull.sub(union).div(epsilon == 0 ? hull : hull.add(epsilon)));
        }

        private static Tensor centerApart(Tensor low, Tensor high, Tensor otherLow, Tensor otherHigh) {
            return low.add(high).div(2).sub(otherLow.add(otherHigh).div(2));
        }

        Tensor distance(double epsilon) {
            var diagonal = hullSide(0, 2).square().add(hullSide(1, 3).square()).add(epsilon);
            var x = centerApart(a.get(0), a.get(2), b.get(0), b.get(2));
            var y = centerApart(a.get(1), a.get(3), b.get(1), b.get(3));
            return iou().sub(x.square().add(y.square()).div(diagonal));
        }

        private static Tensor angle(List<Tensor> box) {
            return box.get(2).sub(box.get(0)).div(box.get(3).sub(box.get(1))).atan();
        }

        Tensor complete(double epsilon) {
            var aspect = angle(b).sub(angle(a)).square().mul(ASPECT);
            var weight = aspect.detach()
                    .div(iou().detach().neg().add(1).add(aspect.detach()).add(epsilon));
            return distance(epsilon).sub(weight.mul(aspect));
        }
    }
}
