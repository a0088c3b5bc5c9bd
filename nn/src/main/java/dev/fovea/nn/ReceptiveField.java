package dev.fovea.nn;

/**
 * How much of the input one output depends on.
 *
 * @param height in pixels of the input; may exceed the picture, since padding counts
 * @param width in pixels of the input
 * @param jumpHeight how many pixels of the input lie between neighbouring outputs
 * @param jumpWidth the same along the width
 * @param whole whether every output depends on the whole input, whatever its size
 */
public record ReceptiveField(double height, double width, double jumpHeight, double jumpWidth, boolean whole) {
    static final ReceptiveField PIXEL = new ReceptiveField(1, 1, 1, 1, false);
    static final ReceptiveField WHOLE = new ReceptiveField(0, 0, 0, 0, true);

    /** After windows of {@code {kh, kw}} positions that are {@code stride} apart. */
    ReceptiveField window(double[] kernel, double[] stride) {
        return whole
                ? this
                : new ReceptiveField(
                        height + (kernel[0] - 1) * jumpHeight,
                        width + (kernel[1] - 1) * jumpWidth,
                        jumpHeight * stride[0],
                        jumpWidth * stride[1],
                        false);
    }

    /** Of something that depends on both. */
    ReceptiveField with(ReceptiveField other) {
        return whole || other.whole
                ? WHOLE
                : new ReceptiveField(
                        Math.max(height, other.height),
                        Math.max(width, other.width),
                        Math.max(jumpHeight, other.jumpHeight),
                        Math.max(jumpWidth, other.jumpWidth),
                        false);
    }

    @Override
    public String toString() {
        long h = Math.round(height);
        long w = Math.round(width);
        return whole ? "all" : h == w ? String.valueOf(h) : h + "x" + w;
    }
}
