package dev.fovea.vision.transform;

import dev.fovea.vision.Size;
import java.nio.FloatBuffer;
import java.util.Optional;

/**
 * How one batch is mixed with itself: sample {@code i} keeps the share {@code lambda} and takes the rest from sample
 * {@code i - 1} (the first from the last), either in every pixel ({@link MixUp}) or by a window that is copied
 * ({@link CutMix}). The shares go into soft targets.
 *
 * @param lambda the share a sample keeps, 0-1
 * @param window the pixels that come from the other sample, if they are copied
 */
public record BatchMix(double lambda, Optional<Window> window) {
    public BatchMix {
        if (!(lambda >= 0 && lambda <= 1)) {
            throw new IllegalArgumentException("lambda must be 0 to 1, got " + lambda);
        }
    }

    /** Pixels {@code x1 <= x < x2}, {@code y1 <= y < y2}; may be empty. */
    public record Window(int x1, int y1, int x2, int y2) {
        public Window {
            if (x1 < 0 || y1 < 0 || x1 > x2 || y1 > y2) {
                throw new IllegalArgumentException(
                        "window corners must be ordered, got (" + x1 + ", " + y1 + ", " + x2 + ", " + y2 + ")");
            }
        }

        /** The number of pixels. */
        public int area() {
            return (x2 - x1) * (y2 - y1);
        }
    }

    /** Mixes images {@code [N, C, H, W]} in place; the buffer holds just these, from position 0 to its limit. */
    public void mixImages(FloatBuffer images, int batch, int channels, Size size) {
        int sample = Math.multiplyExact(channels, Math.toIntExact(size.area()));
        requireRoom(
                "images [" + batch + ", " + channels + ", " + size.height() + ", " + size.width() + "]",
                images,
                batch,
                sample);
        window.ifPresent(w -> {
            if (w.x2 > size.width() || w.y2 > size.height()) {
                throw new IllegalArgumentException("window " + w + " does not fit into images of " + size);
            }
        });
        if (window.isPresent()) {
            paste(images, batch, channels, size, window.get());
        } else {
            blend(images, batch, sample);
        }
    }

    /** {@link #mixImages(FloatBuffer, int, int, Size)} on an array. */
    public void mixImages(float[] images, int batch, int channels, Size size) {
        mixImages(FloatBuffer.wrap(images), batch, channels, size);
    }

    /** Mixes targets {@code [N, classes]}, one-hot or soft, in place. */
    public void mixTargets(FloatBuffer targets, int batch, int classes) {
        requireRoom("targets [" + batch + ", " + classes + "]", targets, batch, classes);
        blend(targets, batch, classes);
    }

    /** {@link #mixTargets(FloatBuffer, int, int)} on an array. */
    public void mixTargets(float[] targets, int batch, int classes) {
        mixTargets(FloatBuffer.wrap(targets), batch, classes);
    }

    private static void requireRoom(String what, FloatBuffer buffer, int batch, int sample) {
        if (batch < 1 || buffer.limit() != (long) batch * sample) {
            throw new IllegalArgumentException(
                    what + " need " + (long) batch * sample + " values, the buffer holds " + buffer.limit());
        }
    }

    /**
     * From the last sample to the first, so that each still finds its neighbour unmixed; only the last is kept aside.
     */
    private void blend(FloatBuffer values, int batch, int sample) {
        float keep = (float) lambda;
        float take = (float) (1 - lambda);
        float[] last = new float[sample];
        float[] own = new float[sample];
        float[] other = new float[sample];
        values.get((batch - 1) * sample, last);
        values.get((batch - 1) * sample, own);
        for (int i = batch - 1; i >= 0; i--) {
            if (i > 0) {
                values.get((i - 1) * sample, other);
            }
            float[] partner = i > 0 ? other : last;
            for (int k = 0; k < sample; k++) {
                own[k] = keep * own[k] + take * partner[k];
            }
            values.put(i * sample, own);
            float[] swapped = own;
            own = other;
            other = swapped;
        }
    }

    private static void paste(FloatBuffer images, int batch, int channels, Size size, Window w) {
        int plane = Math.toIntExact(size.area());
        float[] first = new float[w.x2 - w.x1];
        float[] row = new float[w.x2 - w.x1];
        for (int c = 0; c < channels; c++) {
            for (int y = w.y1; y < w.y2; y++) {
                int offset = c * plane + y * size.width() + w.x1;
                images.get((batch - 1) * channels * plane + offset, first);
                for (int i = batch - 1; i > 0; i--) {
                    images.get((i - 1) * channels * plane + offset, row);
                    images.put(i * channels * plane + offset, row);
                }
                images.put(offset, first);
            }
        }
    }
}
