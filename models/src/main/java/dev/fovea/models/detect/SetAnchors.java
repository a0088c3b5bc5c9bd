package dev.fovea.models.detect;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * One box at each place of maps at several scales, a twentieth of the picture wide on the finest and twice as wide on each next one, from
 * which the encoder proposes.
 *
 * @param logits {@code [1, S, 4]}: centre, width and height; infinite where a part is not between 0.01 and 0.99
 * @param valid {@code [1, S, 1]}: 1, and 0 where logits are infinite
 */
record SetAnchors(Tensor logits, Tensor valid) {
    static final float FINEST = 0.05f;
    private static final double LEAST = 0.01;

    /** @param sizes height and width of each map */
    static SetAnchors of(List<long[]> sizes) {
        int count = Math.toIntExact(sizes.stream().mapToLong(s -> s[0] * s[1]).sum());
        var boxes = new float[4 * count];
        int i = 0;
        for (int level = 0; level < sizes.size(); level++) {
            long height = sizes.get(level)[0];
            long width = sizes.get(level)[1];
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    boxes[i++] = (x + 0.5f) / width;
                    boxes[i++] = (y + 0.5f) / height;
                    boxes[i++] = FINEST * (1 << level);
                    boxes[i++] = FINEST * (1 << level);
                }
            }
        }
        return of(Tensor.of(boxes, 1, count, 4), null);
    }

    /**
     * @param boxes {@code [N, S, 4]}
     * @param padding {@code [N, S]}, bool: where there is no picture; or null
     */
    static SetAnchors of(Tensor boxes, Tensor padding) {
        var outside =
                boxes.le(LEAST).logicalOr(boxes.ge(1 - LEAST)).to(DType.FLOAT32).amax(true, 2); // [N, S, 1]
        if (padding != null) {
            outside = outside.maximum(padding.to(DType.FLOAT32).unsqueeze(2));
        }
        var inside = boxes.clamp(LEAST, 1 - LEAST);
        var logits = inside.div(inside.neg().add(1)).log();
        return new SetAnchors(
                logits.maskedFill(outside.gt(0), Double.POSITIVE_INFINITY),
                outside.neg().add(1));
    }
}
