package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Takes the boxes of one picture as they were read; those without area are put aside. */
final class ObjectCollector {
    private final String source;
    private final List<DroppedBox> dropped;
    private final List<Instance> objects = new ArrayList<>();

    ObjectCollector(String source, List<DroppedBox> dropped) {
        this.source = source;
        this.dropped = dropped;
    }

    /** An object of which class and box are known, unless the box has no area. */
    Optional<Instance> object(Label label, double x1, double y1, double x2, double y2) {
        String reason = fault(x1, y1, x2, y2);
        if (!reason.isEmpty()) {
            String text = String.format(Locale.ROOT, "%s (%s, %s, %s, %s)", label, x1, y1, x2, y2);
            dropped.add(new DroppedBox(source, text, reason));
            return Optional.empty();
        }
        return Optional.of(Instance.of(label, new Box((float) x1, (float) y1, (float) x2, (float) y2)));
    }

    private static String fault(double x1, double y1, double x2, double y2) {
        double limit = 1e7;
        if (!(Math.abs(x1) < limit && Math.abs(y1) < limit && Math.abs(x2) < limit && Math.abs(y2) < limit)) {
            return "its corners are not numbers of a picture";
        }
        boolean flat = (float) x2 == (float) x1 || (float) y2 == (float) y1;
        return x2 < x1 || y2 < y1 ? "its corners are swapped" : flat ? "it has no area" : "";
    }

    void add(Instance object) {
        objects.add(object);
    }

    /** The objects, with their classes as those of the picture. */
    Annotation annotation() {
        return annotation(objects);
    }

    static Annotation annotation(List<Instance> objects) {
        List<Label> labels = objects.stream()
                .map(Instance::label)
                .distinct()
                .sorted(Comparator.comparingInt(Label::index))
                .toList();
        return Annotation.ofLabels(labels).withInstances(objects);
    }
}
