package dev.fovea.vision;

/** A class: its index among the real classes (from 0; no background slot) and its name. */
public record Label(int index, String name) {
    public Label {
        if (index < 0) {
            throw new IllegalArgumentException("label index must be 0 or more, got " + index + " for '" + name + "'");
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
