package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * A fixed, ordered collection of annotated images. Annotations are known without decoding; pixels are read on demand.
 * Safe for many threads.
 */
public interface Dataset {
    /** The number of samples. */
    int size();

    /** The names of the classes; {@code Label.index} points into it. */
    List<String> classes();

    /** What is known of a sample. */
    Annotation annotation(int index);

    /** Where a sample comes from, for messages and reports: a path, or a file and an index. */
    String source(int index);

    /**
     * Reads and decodes a sample.
     *
     * @param atLeast if present, the caller will shrink the image to about this size, so a reader may decode at a reduced
     *     scale that is still at least as large in both directions
     * @throws IOException if the file is missing, truncated or corrupt; the message names it
     */
    Image image(int index, Optional<Size> atLeast) throws IOException;

    /** The file that a sample is stored in, if each has one of its own. */
    default Optional<EncodedPicture> encoded(int index) throws IOException {
        return Optional.empty();
    }

    /** The boxes that a reader left out; those of all parts of the data it was read with. */
    default List<DroppedBox> dropped() {
        return List.of();
    }
}
