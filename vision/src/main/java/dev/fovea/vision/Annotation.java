package dev.fovea.vision;

import java.util.List;
import java.util.Optional;

/**
 * All that is known of one image, for every task; each part may be empty.
 *
 * @param labels classes of the whole image: one for single-label classification, any number for multi-label
 * @param instances the objects in it
 * @param semantic a class for each pixel
 * @param caption a sentence about it
 */
public record Annotation(
        List<Label> labels, List<Instance> instances, Optional<LabelMap> semantic, Optional<String> caption) {
    /** Nothing is known. */
    public static final Annotation NONE = new Annotation(List.of(), List.of(), Optional.empty(), Optional.empty());

    public Annotation {
        labels = List.copyOf(labels);
        instances = List.copyOf(instances);
    }

    /** The annotation of classification: the classes of the whole image. */
    public static Annotation ofLabels(List<Label> labels) {
        return new Annotation(labels, List.of(), Optional.empty(), Optional.empty());
    }

    public Annotation withInstances(List<Instance> newInstances) {
        return new Annotation(labels, newInstances, semantic, caption);
    }

    public Annotation withSemantic(Optional<LabelMap> newSemantic) {
        return new Annotation(labels, instances, newSemantic, caption);
    }
}
