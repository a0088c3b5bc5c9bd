package dev.fovea.nn.detect;

import dev.fovea.tensor.Tensor;

/**
 * Boxes as differences to reference boxes (anchors, proposals), Girshick et al. 2014: the centre's shift in widths and heights of the
 * reference and the logarithms of the sizes' ratios, each times a weight. Ratios are cut at 1000 / 16 when decoding.
 *
 * @param x weight of the horizontal shift
 * @param y weight of the vertical shift
 * @param width weight of the logarithm of the width's ratio
 * @param height weight of the logarithm of the height's ratio
 */
public record BoxCoder(double x, double y, double width, double height) {
    private static final double LARGEST_LOG_RATIO = Math.log(1000.0 / 16);

    public BoxCoder {
        if (!(x > 0 && y > 0 && width > 0 && height > 0)) {
            throw new IllegalArgumentException(
                    "weights of a box coder are positive, got " + x + ", " + y + ", " + width + ", " + height);
        }
    }

    /** All weights 1: proposals, RetinaNet. */
    public static BoxCoder plain() {
        return new BoxCoder(1, 1, 1, 1);
    }

    /** Weights 10, 10, 5, 5: the second stage of R-CNNs, SSD. */
    public static BoxCoder refining() {
        return new BoxCoder(10, 10, 5, 5);
    }

    /** The differences {@code [..., 4]} that lead from {@code references} to {@code boxes}, both {@code [..., 4]}. */
    public Tensor encode(Tensor boxes, Tensor references) {
        var b = Boxes.parts(boxes);
        var r = Boxes.parts(references);
        var referenceWidth = r.get(2).sub(r.get(0));
        var referenceHeight = r.get(3).sub(r.get(1));
        var boxWidth = b.get(2).sub(b.get(0));
        var boxHeight = b.get(3).sub(b.get(1));
        var dx = b.get(0).add(boxWidth.mul(0.5)).sub(r.get(0).add(referenceWidth.mul(0.5)));
        var dy = b.get(1).add(boxHeight.mul(0.5)).sub(r.get(1).add(referenceHeight.mul(0.5)));
        return Boxes.join(
                dx.mul(x).div(referenceWidth),
                dy.mul(y).div(referenceHeight),
                boxWidth.div(referenceWidth).log().mul(width),
                boxHeight.div(referenceHeight).log().mul(height));
    }

    /** The boxes {@code [..., 4]} that differences {@code [..., 4]} make of references; shapes broadcast. */
    public Tensor decode(Tensor differences, Tensor references) {
        var d = Boxes.parts(differences);
        var r = Boxes.parts(references);
        var referenceWidth = r.get(2).sub(r.get(0));
        var referenceHeight = r.get(3).sub(r.get(1));
        var centerX = d.get(0).div(x).mul(referenceWidth).add(r.get(0).add(referenceWidth.mul(0.5)));
        var centerY = d.get(1).div(y).mul(referenceHeight).add(r.get(1).add(referenceHeight.mul(0.5)));
        var halfWidth = d.get(2)
                .div(width)
                .clampMax(LARGEST_LOG_RATIO)
                .exp()
                .mul(referenceWidth)
                .mul(0.5);
        var halfHeight = d.get(3)
                .div(height)
                .clampMax(LARGEST_LOG_RATIO)
                .exp()
                .mul(referenceHeight)
                .mul(0.5);
        return Boxes.join(
                centerX.sub(halfWidth), centerY.sub(halfHeight), centerX.add(halfWidth), centerY.add(halfHeight));
    }
}
