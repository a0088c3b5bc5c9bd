package dev.fovea.data;

import java.util.List;
import java.util.Optional;

/**
 * What a path was recognised as: the same classes in up to three parts.
 *
 * @param train to learn from; not empty
 * @param validation to choose by; held out of the training part where the data has none of its own
 * @param test to judge by, if there is one
 * @param classes names by {@code Label.index}, at least two, the same for all parts
 * @param multiLabel whether an image may have any number of classes, also none
 * @param description one line for people: form, counts, how the parts were made, what was left out
 */
public record SplitDatasets(
        Dataset train,
        Dataset validation,
        Optional<Dataset> test,
        List<String> classes,
        boolean multiLabel,
        String description) {
    public SplitDatasets {
        classes = List.copyOf(classes);
    }

    /** Whether a picture to learn from has an object with a box. */
    public boolean hasBoxes() {
        for (int i = 0; i < train.size(); i++) {
            if (!train.annotation(i).instances().isEmpty()) {
                return true;
            }
        }
        return false;
    }
}
