package dev.fovea.train.metric;

import dev.fovea.vision.Box;

/**
 * A box as COCO files state it: corner and size in float64. The evaluation compares areas and overlaps with round numbers,
 * where the float32 corners of a {@link Box} would fall to either side.
 */
public record Rect(double x, double y, double width, double height) {
    public static Rect of(Box box) {
        return new Rect(box.x1(), box.y1(), (double) box.x2() - box.x1(), (double) box.y2() - box.y1());
    }

    public double area() {
        return width * height;
    }
}
