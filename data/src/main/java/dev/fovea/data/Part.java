package dev.fovea.data;

import java.util.Locale;
import java.util.Optional;

/** The part of a data set that a picture belongs to. */
enum Part {
    TRAIN,
    VALIDATION,
    TEST;

    /** The part of a name such as {@code val}. */
    static Optional<Part> named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "train", "training", "trainval" -> Optional.of(TRAIN);
            case "validation", "val", "valid" -> Optional.of(VALIDATION);
            case "test", "testing" -> Optional.of(TEST);
            default -> Optional.empty();
        };
    }

    /** The part that a path speaks of, in its last word of that kind: {@code annotations/instances_val2017.json}. */
    static Optional<Part> ofPath(String path) {
        Optional<Part> last = Optional.empty();
        for (String word : path.split("[^A-Za-z]+", -1)) {
            Optional<Part> part = named(word);
            last = part.isPresent() ? part : last;
        }
        return last;
    }
}
