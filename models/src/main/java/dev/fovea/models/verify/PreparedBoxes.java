package dev.fovea.models.verify;

import dev.fovea.models.detect.FoundBoxes;
import dev.fovea.vision.Box;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Boxes of one picture, of a file or found; order does not matter, since scores of random weights lie close together. */
record PreparedBoxes(List<Item> items) {
    /** How many boxes of a list may have no partner: which one comes last, rounding may decide. */
    static final int EXCUSED = 2;

    private static final double SAME = 0.99;
    private static final double SCORE = 1e-4;

    private record Item(Box box, double score, long label) {}

    /** A file's boxes for a picture, cut to it; those of which nothing is left are dropped. */
    static Optional<PreparedBoxes> of(Map<String, TensorSummary> outputs, int picture, Size size) {
        String name = "detections." + picture;
        var items = new ArrayList<Item>();
        var joined = outputs.get(name);
        if (joined != null) {
            var rows = joined.all();
            for (int i = 0; i + 6 < rows.size(); i += 7) {
                add(items, rows.subList(i, i + 4), rows.get(i + 4) * rows.get(i + 5), rows.get(i + 6), size);
            }
            return Optional.of(new PreparedBoxes(items));
        }
        var boxes = outputs.get(name + ".boxes");
        var scores = outputs.get(name + ".scores");
        var labels = outputs.get(name + ".labels");
        if (boxes == null || scores == null || labels == null) {
            return Optional.empty();
        }
        var values = scores.all().isEmpty() ? scores.first() : scores.all();
        var classes = labels.all().isEmpty() ? labels.first() : labels.all();
        int count =
                Math.min(Math.min(values.size(), classes.size()), boxes.all().size() / 4);
        for (int i = 0; i < count; i++) {
            add(items, boxes.all().subList(4 * i, 4 * i + 4), values.get(i), classes.get(i), size);
        }
        return Optional.of(new PreparedBoxes(items));
    }

    private static void add(List<Item> items, List<Double> corners, double score, double label, Size size) {
        float x1 = corners.get(0).floatValue();
        float y1 = corners.get(1).floatValue();
        float x2 = corners.get(2).floatValue();
        float y2 = corners.get(3).floatValue();
        if (x1 <= x2 && y1 <= y2) {
            var box = new Box(x1, y1, x2, y2).clip(size);
            if (box.area() > 0) {
                items.add(new Item(box, score, (long) label));
            }
        }
    }

    static PreparedBoxes of(FoundBoxes found) {
        var items = new ArrayList<Item>();
        var boxes = found.boxes().toFloatArray();
        var scores = found.scores().toFloatArray();
        var labels = found.labels().toLongArray();
        for (int i = 0; i < scores.length; i++) {
            var box = new Box(boxes[4 * i], boxes[4 * i + 1], boxes[4 * i + 2], boxes[4 * i + 3]);
            items.add(new Item(box, scores[i], labels[i]));
        }
        return new PreparedBoxes(items);
    }

    /** How many of these have no partner among the others: of the same class, in the same place, with the same score. */
    long without(PreparedBoxes others) {
        return items.stream()
                .filter(item -> others.items.stream()
                        .noneMatch(o -> o.label == item.label
                                && Math.abs(o.score - item.score) < SCORE
                                && o.box.iou(item.box) > SAME))
                .count();
    }
}
