package dev.fovea.vision;

import java.util.List;

/**
 * The boundary of an object as closed polygons, in pixels of its image. Each polygon is {@code x0, y0, x1, y1, …},
 * without repeating the first point.
 */
public record Outline(List<float[]> polygons) {
    public Outline {
        for (float[] polygon : polygons) {
            if (polygon.length < 6 || polygon.length % 2 != 0) {
                throw new IllegalArgumentException(
                        "a polygon needs at least 3 points as x, y pairs, got " + polygon.length + " numbers");
            }
        }
        polygons = List.copyOf(polygons);
    }
}
