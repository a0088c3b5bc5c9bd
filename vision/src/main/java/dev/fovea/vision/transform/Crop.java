package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * The region of {@code width} x {@code height} pixels whose top-left pixel is ({@code x}, {@code y}). What of it lies beside
 * the picture becomes black.
 */
public record Crop(int x, int y, int width, int height) implements Transform {
    public Crop {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException("crop: a region has at least 1x1 pixels, got " + width + "x" + height);
        }
    }

    /**
     * A region from its text {@code x,y,w,h}.
     *
     * @throws IllegalArgumentException if it is not four whole numbers
     */
    public static Crop parse(String text) {
        if (!text.matches("\\s*-?\\d{1,9}(\\s*,\\s*-?\\d{1,9}){3}\\s*")) {
            throw new IllegalArgumentException(
                    "crop: a region is written x,y,width,height in pixels, got '" + text + "'");
        }
        String[] numbers = text.strip().split("\\s*,\\s*", -1);
        return new Crop(
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2]),
                Integer.parseInt(numbers[3]));
    }

    /**
     * The region of the picture.
     *
     * @throws IllegalArgumentException if the region does not touch the picture
     */
    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Size image = picture.image().size();
        if (x >= image.width() || y >= image.height() || (long) x + width <= 0 || (long) y + height <= 0) {
            throw new IllegalArgumentException("crop: the region " + this + " lies outside the picture of " + image);
        }
        Frame frame = new Frame(x, y, new Size(height, width));
        return frame.warp().apply(picture, frame.cut(picture.image(), 0));
    }

    /** The form {@code x,y,w,h} that {@link #parse} reads. */
    @Override
    public String toString() {
        return x + "," + y + "," + width + "," + height;
    }
}
