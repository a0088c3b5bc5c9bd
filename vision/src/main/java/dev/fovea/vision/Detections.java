package dev.fovea.vision;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * The objects found in one image, best first; none is a valid answer. Whatever the order of the list given to the
 * constructor, {@link #items} are in descending order of their scores, equal scores in the order given.
 *
 * @param image the size of the original image, in whose pixels the boxes are
 */
public record Detections(Size image, List<Detection> items) implements Prediction {
    public Detections {
        Objects.requireNonNull(image, "image");
        items = items.stream()
                .sorted(Comparator.comparingDouble((Detection d) -> -d.score()))
                .toList();
    }

    /** Nothing was found. */
    public static Detections none(Size image) {
        return new Detections(image, List.of());
    }

    /** Those with at least the given score. */
    public Detections atLeast(float score) {
        return new Detections(
                image, items.stream().filter(d -> d.score() >= score).toList());
    }

    /** The best {@code k}, or all if there are fewer. */
    public Detections top(int k) {
        return new Detections(image, items.subList(0, Math.min(k, items.size())));
    }

    public int size() {
        return items.size();
    }

    /** The objects as an annotation, without their scores: what network and data can be compared or drawn by. */
    public Annotation toAnnotation() {
        return Annotation.NONE.withInstances(
                items.stream().map(d -> Instance.of(d.label(), d.box())).toList());
    }
}
