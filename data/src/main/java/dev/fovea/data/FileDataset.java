package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Encoded pictures in files, with the annotation of each: what folders and manifests come down to. */
final class FileDataset implements Dataset {
    private static final ImageReader READER = new ImageReader();

    private final FileTree tree;
    private final List<String> classes;
    private final List<Entry> entries;

    /** A picture: its path in the tree and what is known of it. */
    record Entry(String path, Annotation annotation) {}

    FileDataset(FileTree tree, List<String> classes, List<Entry> entries) {
        this.tree = tree;
        this.classes = List.copyOf(classes);
        this.entries = List.copyOf(entries);
    }

    /** The path of a sample in its tree; stays the same when others are added. */
    String path(int index) {
        return entries.get(index).path();
    }

    @Override
    public int size() {
        return entries.size();
    }

    @Override
    public List<String> classes() {
        return classes;
    }

    @Override
    public Annotation annotation(int index) {
        return entries.get(index).annotation();
    }

    @Override
    public String source(int index) {
        return tree.source(path(index));
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        return READER.read(tree.read(path(index)), source(index), atLeast);
    }
}
