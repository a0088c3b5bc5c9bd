package dev.fovea.vision;

/**
 * An axis-aligned rectangle as corners in pixels of its image, {@code x1 <= x2} and {@code y1 <= y2}. Coordinates are
 * continuous: pixel (i, j) covers {@code [j, j + 1) x [i, i + 1)}, so a box over the whole image is
 * {@code (0, 0, width, height)}.
 */
public record Box(float x1, float y1, float x2, float y2) {
    public Box {
        if (!(x1 <= x2 && y1 <= y2)) {
            throw new IllegalArgumentException(
                    "box corners must be ordered, got (" + x1 + ", " + y1 + ", " + x2 + ", " + y2 + ")");
        }
    }

    /** A box from its top-left corner and its size, the form of COCO files. */
    public static Box ofCorner(float x, float y, float width, float height) {
        return new Box(x, y, x + width, y + height);
    }

    /** A box from its centre and its size, the form of YOLO files (there divided by the image size). */
    public static Box ofCentre(float cx, float cy, float width, float height) {
        return new Box(cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2);
    }

    public float width() {
        return x2 - x1;
    }

    public float height() {
        return y2 - y1;
    }

    public double area() {
        return (double) width() * height();
    }

    /** Intersection over union, 0-1; 0 where both boxes have no area. */
    public double iou(Box other) {
        double intersection = intersection(other);
        double union = area() + other.area() - intersection;
        return union > 0 ? intersection / union : 0;
    }

    /** The area that both boxes cover. */
    public double intersection(Box other) {
        double w = Math.min(x2, other.x2) - (double) Math.max(x1, other.x1);
        double h = Math.min(y2, other.y2) - (double) Math.max(y1, other.y1);
        return Math.max(0, w) * Math.max(0, h);
    }

    /** This box cut to an image of the given size; it may end without area. */
    public Box clip(Size size) {
        return new Box(
                Math.min(Math.max(x1, 0), size.width()),
                Math.min(Math.max(y1, 0), size.height()),
                Math.min(Math.max(x2, 0), size.width()),
                Math.min(Math.max(y2, 0), size.height()));
    }
}
