package dev.fovea.data;

import dev.fovea.data.FileDataset.Entry;
import dev.fovea.vision.Annotation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Pictures in one folder a class: {@code photos/cat/1.jpg} shows a cat. Classes are the sorted folder names, or as
 * {@code photos/classes.txt} orders them; folders may be nested below a class. Hidden files and files that are no pictures by
 * their name are ignored. Links to files that lead out of the folder are refused.
 */
public final class ImageFolder {
    private static final List<String> VALIDATION_NAMES = List.of("validation", "val", "valid");

    private ImageFolder() {}

    /** All pictures of a folder with a folder for each class, in the order of their paths. */
    public static Dataset open(Path folder) throws IOException {
        FileTree tree = new FolderTree(folder);
        return scan(tree, "", classesIn(tree, ""));
    }

    /**
     * The same with given classes, of which some may have no folder here.
     *
     * @throws DatasetException if there is a folder that is none of the classes
     */
    public static Dataset open(Path folder, List<String> classes) throws IOException {
        return scan(new FolderTree(folder), "", classes);
    }

    /** Whether the tree has class folders with pictures, alone or in folders for the parts. */
    static boolean isIn(FileTree tree) throws IOException {
        return tree.files().stream().anyMatch(path -> path.indexOf('/') > 0 && FileTree.isPicture(path));
    }

    /** What a tree holds: its folders train, validation and test, or everything in one. */
    static Found find(FileTree tree) throws IOException {
        String what = "image folder " + tree.name();
        if (!tree.folders().contains("train")) {
            FileDataset all = scan(tree, "", classesIn(tree, ""));
            return new Found(what, all, all::path, Optional.empty(), Optional.empty(), false);
        }
        FileDataset train = scan(tree, "train/", classesIn(tree, "train/"));
        Optional<Dataset> validation = Optional.empty();
        for (String name : VALIDATION_NAMES) {
            validation = validation.isPresent() ? validation : part(tree, name, train.classes());
        }
        return new Found(what, train, train::path, validation, part(tree, "test", train.classes()), false);
    }

    private static Optional<Dataset> part(FileTree tree, String name, List<String> classes) throws IOException {
        return tree.folders().contains(name) ? Optional.of(scan(tree, name + "/", classes)) : Optional.empty();
    }

    /** The class folders below a prefix, in order. */
    private static List<String> classesIn(FileTree tree, String prefix) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (String folder : tree.folders()) {
            if (folder.startsWith(prefix) && folder.indexOf('/', prefix.length()) < 0) {
                counts.put(folder.substring(prefix.length()), 0);
            }
        }
        boolean strays = false;
        for (String path : tree.files()) {
            if (path.startsWith(prefix) && FileTree.isPicture(path)) {
                int slash = path.indexOf('/', prefix.length());
                strays |= slash < 0;
                if (slash > 0) {
                    counts.merge(path.substring(prefix.length(), slash), 1, Integer::sum);
                }
            }
        }
        requirePictures(where(tree, prefix), counts, strays);
        return tree.contains(ClassNames.FILE)
                ? ClassNames.ordered(counts.keySet(), ClassNames.parse(tree.read(ClassNames.FILE)), tree.name())
                : List.copyOf(counts.keySet());
    }

    private static void requirePictures(String where, Map<String, Integer> counts, boolean strays)
            throws DatasetException {
        if (counts.values().stream().allMatch(n -> n == 0)) {
            throw new DatasetException(
                    strays
                            ? where
                                    + " holds pictures but no folders with pictures; put the pictures of each class into a"
                                    + " folder named after it"
                            : where
                                    + " holds no pictures; put the pictures of each class into a folder named after it");
        }
        for (var count : counts.entrySet()) {
            if (count.getValue() == 0) {
                throw new DatasetException(where + "/" + count.getKey()
                        + " holds no pictures; add pictures of this class or remove the folder");
            }
        }
    }

    private static FileDataset scan(FileTree tree, String prefix, List<String> classes) throws IOException {
        List<Annotation> annotations = ClassNames.annotations(classes);
        Map<String, Integer> indices = new HashMap<>();
        classes.forEach(name -> indices.put(name, indices.size()));
        List<Entry> entries = new ArrayList<>();
        for (String path : tree.files()) {
            int slash = path.indexOf('/', prefix.length());
            if (!path.startsWith(prefix) || slash < 0 || !FileTree.isPicture(path)) {
                continue;
            }
            String name = path.substring(prefix.length(), slash);
            if (!indices.containsKey(name)) {
                throw new DatasetException(where(tree, prefix) + " has a folder '" + name
                        + "', which is none of the classes " + brief(classes) + "; remove or rename it");
            }
            entries.add(new Entry(path, annotations.get(indices.get(name))));
        }
        if (entries.isEmpty()) {
            throw new DatasetException(
                    where(tree, prefix)
                            + " holds no pictures in class folders; put the pictures of each class into a folder named after it");
        }
        return new FileDataset(tree, classes, entries);
    }

    private static String where(FileTree tree, String prefix) {
        return prefix.isEmpty() ? tree.name() : tree.source(prefix.substring(0, prefix.length() - 1));
    }

    private static String brief(List<String> classes) {
        return classes.size() <= 10 ? classes.toString() : classes.size() + " known (" + classes.get(0) + ", ...)";
    }
}
