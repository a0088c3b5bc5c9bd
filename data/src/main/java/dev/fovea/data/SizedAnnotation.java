package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageFormatException;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/** An annotation that needs the size of its picture; reads the picture's header once, when it is first asked for. */
final class SizedAnnotation implements Supplier<Annotation> {
    private static final ImageReader READER = new ImageReader();
    private static final int HEAD_BYTES = 64 << 10;

    private final FileTree tree;
    private final String picture;
    private final Function<Size, Annotation> ofSize;
    private volatile Annotation known;

    SizedAnnotation(FileTree tree, String picture, Function<Size, Annotation> ofSize) {
        this.tree = tree;
        this.picture = picture;
        this.ofSize = ofSize;
    }

    @Override
    public Annotation get() {
        if (known == null) {
            // of a picture that cannot be read nothing is known; whoever reads the pixels is told why
            known = size(tree, picture).map(ofSize).orElse(Annotation.NONE);
        }
        return known;
    }

    /** The size of a picture that stands upright; empty if it cannot be read. */
    static Optional<Size> size(FileTree tree, String picture) {
        try {
            byte[] head;
            try (InputStream in = tree.open(picture, FileTree.LARGEST_FILE)) {
                head = in.readNBytes(HEAD_BYTES);
            }
            try {
                return Optional.of(READER.header(head, picture).uprightSize());
            } catch (ImageFormatException e) { // a long preview or colour profile comes first
                return Optional.of(READER.header(tree.read(picture), picture).uprightSize());
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
