package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A dataset whose labels carry the indices of another list of classes, matched by name: that of a trained network. */
public final class Relabelled implements Dataset {
    private final Dataset original;
    private final List<String> classes;
    private final Map<String, Label> labels = new HashMap<>();

    private Relabelled(Dataset original, List<String> classes) {
        this.original = original;
        this.classes = List.copyOf(classes);
        for (String name : classes) {
            labels.put(name, new Label(labels.size(), name));
        }
    }

    /**
     * The same samples under other class indices.
     *
     * @throws DatasetException if the dataset has a class that is not among them
     */
    public static Dataset of(Dataset original, List<String> classes) throws DatasetException {
        if (original.classes().equals(classes)) {
            return original;
        }
        for (String name : original.classes()) {
            if (!classes.contains(name)) {
                String known = classes.size() <= 10 ? classes.toString() : classes.size() + " others";
                throw new DatasetException("the data at " + original.source(0) + " has the class '" + name
                        + "', which is not among " + known + "; rename the class or leave its pictures out");
            }
        }
        return new Relabelled(original, classes);
    }

    @Override
    public int size() {
        return original.size();
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Annotation annotation(int index) {
        Annotation a = original.annotation(index);
        if (a.semantic().isPresent()) {
            throw new IllegalStateException(source(index) + ": maps of classes cannot be relabelled by name");
        }
        List<Label> own = a.labels().stream().map(this::renumbered).toList();
        List<Instance> objects = a.instances().stream()
                .map(o -> o.withLabel(renumbered(o.label())))
                .toList();
        return new Annotation(own, objects, a.semantic(), a.caption());
    }

    private Label renumbered(Label label) {
        return labels.get(label.name());
    }

    @Override
    public String source(int index) {
        return original.source(index);
    }

    @Override
    public Optional<EncodedPicture> encoded(int index) throws IOException {
        return original.encoded(index);
    }

    @Override
    public List<DroppedBox> dropped() {
        return original.dropped();
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        return original.image(index, atLeast);
    }
}
