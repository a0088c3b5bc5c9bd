package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Pictures of which nothing is known, whatever their source says of them. */
final class Unlabelled implements Dataset {
    private final Dataset pictures;

    Unlabelled(Dataset pictures) {
        this.pictures = pictures;
    }

    @Override
    public int size() {
        return pictures.size();
    }

    @Override
    public List<String> classes() {
        return List.of();
    }

    @Override
    public Annotation annotation(int index) {
        return Annotation.NONE;
    }

    @Override
    public String source(int index) {
        return pictures.source(index);
    }

    @Override
    public Optional<EncodedPicture> encoded(int index) throws IOException {
        return pictures.encoded(index);
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        return pictures.image(index, atLeast);
    }
}
