package dev.fovea.vision.statistics;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Resample;

/**
 * The average of many images, each stretched to one size. RGB; grey images count as grey RGB. Not safe for several threads;
 * give each its own and {@link #merge} them.
 */
public final class MeanImage {
    private final Size size;
    private final long[] sums;
    private long images;

    public MeanImage(Size size) {
        this.size = size;
        this.sums = new long[Math.toIntExact(size.area() * 3)];
    }

    /** Adds an image of any size. */
    public void add(Image image) {
        byte[] pixels =
                Resample.resize(image, size, Interpolation.BILINEAR).toRgb().pixels();
        for (int i = 0; i < sums.length; i++) {
            sums[i] += pixels[i] & 0xff;
        }
        images++;
    }

    /** Adds what another of the same size has gathered. */
    public void merge(MeanImage other) {
        if (!size.equals(other.size)) {
            throw new IllegalArgumentException("mean images of " + size + " and " + other.size + " cannot be merged");
        }
        for (int i = 0; i < sums.length; i++) {
            sums[i] += other.sums[i];
        }
        images += other.images;
    }

    /**
     * The average, rounded.
     *
     * @throws IllegalStateException if no image was added
     */
    public Image image() {
        if (images == 0) {
            throw new IllegalStateException("no image was added yet");
        }
        byte[] pixels = new byte[sums.length];
        for (int i = 0; i < sums.length; i++) {
            pixels[i] = (byte) ((sums[i] + images / 2) / images);
        }
        return Image.wrap(size.width(), size.height(), 3, pixels);
    }
}
