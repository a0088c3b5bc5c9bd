package dev.fovea.models.detect;

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
        var logits = new float[4 * count];
        var valid = new float[count];
        int place = 0;
        for (int level = 0; level < sizes.size(); level++) {
            long height = sizes.get(level)[0];
            long width = sizes.get(level)[1];
            float side = FINEST * (1 << level);
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++, place++) {
                    float[] box = {(x + 0.5f) / width, (y + 0.5f) / height, side, side};
                    valid[place] = write(box, true, logits, place) ? 1 : 0;
                }
            }
        }
        return new SetAnchors(Tensor.of(logits, 1, count, 4), Tensor.of(valid, 1, count, 1));
    }

    /** Puts a box's logits into their place; infinite ones, and false, where it may not be used or is near the rim. */
    static boolean write(float[] box, boolean usable, float[] logits, int place) {
        boolean inside = usable;
        for (float part : box) {
            inside &= part > LEAST && part < 1 - LEAST;
        }
        for (int i = 0; i < 4; i++) {
            logits[4 * place + i] = inside ? (float) Math.log(box[i] / (1 - box[i])) : Float.POSITIVE_INFINITY;
        }
        return inside;
    }
}
