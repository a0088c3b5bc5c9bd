package dev.fovea.data;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The part of a data set that a picture belongs to. */
enum Part {
    TRAIN(List.of("train", "training", "trainval")),
    VALIDATION(List.of("validation", "val", "valid")),
    TEST(List.of("test", "testing"));

    private final List<String> names;

    Part(List<String> names) {
        this.names = names;
    }

    /** The part of a name such as {@code val}. */
    static Optional<Part> named(String name) {
        String plain = name.strip().toLowerCase(Locale.ROOT);
        for (Part part : values()) {
            if (part.names.contains(plain)) {
                return Optional.of(part);
            }
        }
        return Optional.empty();
    }

    /** The part that a path speaks of, in its last word of that kind: {@code annotations/instances_val2017.json}. */
    static Optional<Part> ofPath(String path) {
        Optional<Part> last = Optional.empty();
        for (String word : path.split("[^A-Za-z]+")) {
            Optional<Part> part = named(word);
            last = part.isPresent() ? part : last;
        }
        return last;
    }
}
