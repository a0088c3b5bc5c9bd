package dev.fovea.data.load;

import dev.fovea.data.Dataset;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Pictures of one pixel each, whose brightness is the index; some of them corrupt. */
record Numbered(int size, Set<Integer> corrupt) implements Dataset {
    @Override
    public List<String> classes() {
        return List.of("even", "odd");
    }

    @Override
    public Annotation annotation(int index) {
        return Annotation.ofLabels(List.of(new Label(index % 2, classes().get(index % 2))));
    }

    @Override
    public String source(int index) {
        return "numbers#" + index;
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        if (corrupt.contains(index)) {
            throw new IOException(source(index) + " is truncated");
        }
        return Image.filled(1, 1, index);
    }
}
