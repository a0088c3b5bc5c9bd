package dev.fovea.vision;

import java.util.Locale;
import java.util.Objects;

/**
 * An object that a network has found.
 *
 * @param score how sure it is, 0-1
 * @param box corners in pixels of the original image
 */
public record Detection(Label label, float score, Box box) {
    public Detection {
        Objects.requireNonNull(label, "label");
        Objects.requireNonNull(box, "box");
        if (Float.isNaN(score)) {
            throw new IllegalArgumentException("the score of '" + label + "' at " + box + " is not a number");
        }
    }

    public Detection withScore(float newScore) {
        return new Detection(label, newScore, box);
    }

    /** Name and score as people read them, for example {@code dog 0.87}. */
    public String caption() {
        return String.format(Locale.ROOT, "%s %.2f", label.name(), score);
    }
}
