package dev.fovea.vision.transform;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Point;
import dev.fovea.vision.Picture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a mirror does to names: left becomes right. */
final class Mirror {
    private Mirror() {}

    /** The picture with the names of paired key points swapped; their order stays that of the data set. */
    static Picture swapSides(Picture picture) {
        Annotation annotation = picture.annotation();
        if (annotation.instances().stream().allMatch(i -> i.keypoints().isEmpty())) {
            return picture;
        }
        List<Instance> swapped =
                annotation.instances().stream().map(Mirror::swapSides).toList();
        return new Picture(picture.image(), annotation.withInstances(swapped), picture.geometry());
    }

    private static Instance swapSides(Instance instance) {
        Optional<Keypoints> keypoints = instance.keypoints().map(Mirror::swapSides);
        return instance.withKeypoints(keypoints);
    }

    private static Keypoints swapSides(Keypoints keypoints) {
        Map<String, Point> byName = new HashMap<>();
        for (Point point : keypoints.points()) {
            byName.put(point.name(), point);
        }
        var swapped = new ArrayList<Point>(keypoints.points().size());
        for (Point point : keypoints.points()) {
            Point other = byName.getOrDefault(otherSide(point.name()), point);
            swapped.add(new Point(point.name(), other.x(), other.y(), other.visibility()));
        }
        return new Keypoints(swapped);
    }

    private static String otherSide(String name) {
        if (name.startsWith("left_")) {
            return "right_" + name.substring("left_".length());
        }
        return name.startsWith("right_") ? "left_" + name.substring("right_".length()) : name;
    }
}
