package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Label;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Class names in a file {@value #FILE} beside the data: one a line, in the order of their indices. */
final class ClassNames {
    static final String FILE = "classes.txt";

    private ClassNames() {}

    /** The names in a text, without empty lines. */
    static List<String> parse(byte[] text) {
        return new String(text, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .toList();
    }

    /** Found classes in the order that a list gives them. */
    static List<String> ordered(Set<String> found, List<String> order, String where) throws DatasetException {
        Set<String> named = new HashSet<>(order);
        for (String name : found) {
            if (!named.contains(name)) {
                throw new DatasetException(where + "/" + FILE + " does not name the class '" + name
                        + "' that the data has; add it or remove the file");
            }
        }
        for (String name : order) {
            if (!found.contains(name)) {
                throw new DatasetException(where + "/" + FILE + " names the class '" + name
                        + "' of which there is no picture; add pictures or correct the file");
            }
        }
        if (named.size() != order.size()) {
            throw new DatasetException(where + "/" + FILE + " names a class twice; remove one of the lines");
        }
        return order;
    }

    /** One annotation for each class, to be shared by its samples. */
    static List<Annotation> annotations(List<String> classes) {
        List<Annotation> annotations = new ArrayList<>();
        for (int i = 0; i < classes.size(); i++) {
            annotations.add(Annotation.ofLabels(List.of(new Label(i, classes.get(i)))));
        }
        return List.copyOf(annotations);
    }
}
