package dev.fovea.vision;

import java.util.List;

/** Named points of one object, in pixels of its image, always all of them in the order of the data set. */
public record Keypoints(List<Point> points) {
    public Keypoints {
        points = List.copyOf(points);
    }

    /** How well a point is known, with the numbers of COCO files (0, 1, 2). */
    public enum Visibility {
        ABSENT,
        HIDDEN,
        VISIBLE
    }

    /** One point; x to the right, y down. */
    public record Point(String name, float x, float y, Visibility visibility) {}
}
