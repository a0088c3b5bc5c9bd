package dev.fovea.vision;

/**
 * One class index a pixel (semantic segmentation), row by row; {@link #IGNORE} where the pixel is not scored.
 * The array is owned by the record and must not be changed after it was handed over.
 */
@SuppressWarnings("ArrayRecordComponent") // millions of pixels; a boxed list is no alternative
public record LabelMap(Size size, byte[] classes) {
    /** The value of pixels that no loss and no metric looks at. */
    public static final int IGNORE = 255;

    public LabelMap {
        if (classes.length != size.area()) {
            throw new IllegalArgumentException(
                    "label map of " + size + " needs " + size.area() + " values, got " + classes.length);
        }
    }

    /** The class at a pixel, 0-255. */
    public int get(int x, int y) {
        return classes[y * size.width() + x] & 0xff;
    }
}
