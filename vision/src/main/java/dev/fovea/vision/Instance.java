package dev.fovea.vision;

import java.util.Objects;
import java.util.Optional;

/** One object in an image: its class and its box, and its mask, key points and outline where they are known. */
public record Instance(
        Label label, Box box, Optional<Mask> mask, Optional<Keypoints> keypoints, Optional<Outline> outline) {
    public Instance {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(box, "box");
    }

    /** An object of which only class and box are known. */
    public static Instance of(Label label, Box box) {
        return new Instance(label, box, Optional.empty(), Optional.empty(), Optional.empty());
    }
}
