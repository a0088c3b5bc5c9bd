package dev.fovea.vision.transform;

import dev.fovea.vision.Size;
import java.util.Map;
import java.util.Optional;

/**
 * The arguments of one call in a pipeline text, all of them by name, read as the type that is asked for.
 *
 * @param input the size of the network's input, for which {@code size} stands in a text, if it is known
 */
record Arguments(String transform, Map<String, String> values, Optional<Size> input) {

    double number(String name) {
        String text = values.get(name);
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(transform + ": " + name + " must be a number, got '" + text + "'", e);
        }
    }

    int whole(String name) {
        return whole(name, values.get(name));
    }

    private int whole(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    transform + ": " + name + " must be a whole number, got '" + text + "'", e);
        }
    }

    /** {@code 224} (a square), {@code 320x240} (width x height) or {@code size} (the network's input). */
    Size size(String name) {
        String text = values.get(name);
        if (text.equals("size")) {
            return input.orElseThrow(() -> new IllegalArgumentException(transform
                    + ": 'size' stands for the network's input size, which is not known here; write a number"));
        }
        int x = text.indexOf('x');
        int width = whole(name, x < 0 ? text : text.substring(0, x));
        int height = x < 0 ? width : whole(name, text.substring(x + 1));
        Chance.requireRange(transform, name, width, 1, 65_535);
        Chance.requireRange(transform, name, height, 1, 65_535);
        return new Size(height, width);
    }
}
