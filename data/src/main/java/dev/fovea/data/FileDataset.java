package dev.fovea.data;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Encoded pictures in files, with the annotation of each: what folders and manifests come down to. */
final class FileDataset implements Dataset {
    private static final ImageReader READER = new ImageReader();

    private final FileTree tree;
    private final List<String> classes;
    private final List<Entry> entries;

    private final List<DroppedBox> dropped;

    /** A picture: its path in the tree and what is known of it. */
    record Entry(String path, Supplier<Annotation> known) {
        Entry(String path, Annotation annotation) {
            this(path, () -> annotation);
        }
    }

    FileDataset(FileTree tree, List<String> classes, List<Entry> entries) {
        this(tree, classes, entries, List.of());
    }

    FileDataset(FileTree tree, List<String> classes, List<Entry> entries, List<DroppedBox> dropped) {
        this.tree = tree;
        this.classes = List.copyOf(classes);
        this.entries = List.copyOf(entries);
        this.dropped = List.copyOf(dropped);
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
        return entries.get(index).known().get();
    }

    @Override
    public String source(int index) {
        return tree.source(path(index));
    }

    @Override
    public List<DroppedBox> dropped() {
        return dropped;
    }

    @Override
    public Optional<EncodedPicture> encoded(int index) throws IOException {
        return Optional.of(new EncodedPicture(path(index), tree.read(path(index))));
    }

    @Override
    public Image image(int index, Optional<Size> atLeast) throws IOException {
        return READER.read(tree.read(path(index)), source(index), atLeast);
    }
}
