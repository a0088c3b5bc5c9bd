package dev.fovea.vision;

/** Height and width in pixels, in the order of tensors; both at least 1. */
public record Size(int height, int width) {
    public Size {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException("size must be at least 1x1, got " + width + "x" + height);
        }
    }

    /** A square of the given side. */
    public static Size square(int side) {
        return new Size(side, side);
    }

    /** The number of pixels. */
    public long area() {
        return (long) height * width;
    }

    /** Width times height as people write it, for example {@code 640x480}. */
    @Override
    public String toString() {
        return width + "x" + height;
    }
}
