package dev.fovea.nn.detect;

import dev.fovea.tensor.Tensor;

/**
 * Boxes as the distances from a reference box's centre to the left, top, right and bottom sides (FCOS, Tian et al. 2019).
 *
 * @param bySize whether distances are measured in widths and heights of the reference
 */
public record LinearBoxCoder(boolean bySize) {
    /** The distances {@code [..., 4]} from the centres of {@code references} to the sides of {@code boxes}, both {@code [..., 4]}. */
    public Tensor encode(Tensor boxes, Tensor references) {
        var b = Boxes.parts(boxes);
        var r = Boxes.parts(references);
        var centerX = r.get(0).add(r.get(2)).mul(0.5);
        var centerY = r.get(1).add(r.get(3)).mul(0.5);
        var distances = Boxes.join(
                centerX.sub(b.get(0)),
                centerY.sub(b.get(1)),
                b.get(2).sub(centerX),
                b.get(3).sub(centerY));
        return bySize ? distances.div(sizes(references)) : distances;
    }

    /** The boxes {@code [..., 4]} that distances {@code [..., 4]} make of references; shapes broadcast. */
    public Tensor decode(Tensor distances, Tensor references) {
        var d = Boxes.parts(bySize ? distances.mul(sizes(references)) : distances);
        var r = Boxes.parts(references);
        var centerX = r.get(0).add(r.get(2)).mul(0.5);
        var centerY = r.get(1).add(r.get(3)).mul(0.5);
        return Boxes.join(centerX.sub(d.get(0)), centerY.sub(d.get(1)), centerX.add(d.get(2)), centerY.add(d.get(3)));
    }

    private static Tensor sizes(Tensor references) {
        var r = Boxes.parts(references);
        var width = r.get(2).sub(r.get(0));
        var height = r.get(3).sub(r.get(1));
        return Boxes.join(width, height, width, height);
    }
}
