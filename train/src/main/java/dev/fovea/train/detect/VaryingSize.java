package dev.fovea.train.detect;

import dev.fovea.models.detect.BoxTargets;
import dev.fovea.models.detect.Pictures;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * Batches of changing size: each is enlarged or shrunk as a whole by a random number of steps, so that a network sees objects at many
 * scales (Redmon and Farhadi 2016, arXiv 1612.08242, section 2).
 *
 * @param steps how many at most, either way; 0 for none
 * @param pixels of one step of the shorter side
 */
record VaryingSize(int steps, int pixels) {
    static final VaryingSize NONE = new VaryingSize(0, 1);

    /** The batch in a random size, its boxes moved along. */
    DetectBatch apply(DetectBatch batch, RandomGenerator random) {
        var frame = batch.pictures().frame();
        int step = steps == 0 ? 0 : random.nextInt(-steps, steps + 1);
        int shorter = Math.min(frame.width(), frame.height());
        int wanted = Math.max(pixels, shorter + step * pixels);
        if (wanted == shorter) {
            return batch;
        }
        double factor = (double) wanted / shorter;
        return resized(batch, new Size(multiple(frame.height() * factor), multiple(frame.width() * factor)));
    }

    private int multiple(double length) {
        return (int) Math.max(1, Math.round(length / pixels)) * pixels;
    }

    private static DetectBatch resized(DetectBatch batch, Size to) {
        var frame = batch.pictures().frame();
        double x = (double) to.width() / frame.width();
        double y = (double) to.height() / frame.height();
        try (var mode = Grad.off()) {
            var old = batch.pictures().pixels();
            var pixels = old.interpolate(to.height(), to.width(), Tensor.Interpolation.BILINEAR, false, false);
            var sizes = batch.pictures().sizes().stream()
                    .map(s -> new Size(
                            Math.max(1, Math.min(to.height(), (int) Math.round(s.height() * y))),
                            Math.max(1, Math.min(to.width(), (int) Math.round(s.width() * x)))))
                    .toList();
            var factors = Tensor.of(new float[] {(float) x, (float) y, (float) x, (float) y}, 1, 4)
                    .to(old.device());
            var targets = batch.targets().stream()
                    .map(t -> new BoxTargets(t.boxes().mul(factors), t.labels()))
                    .toList();
            return new DetectBatch(new Pictures(pixels, sizes), targets, batch.origins());
        }
    }
}
