package dev.fovea.data;

import dev.fovea.data.FileDataset.Entry;
import dev.fovea.data.VocXml.VocObject;
import dev.fovea.vision.Label;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Pictures with Pascal VOC XML: {@code Annotations/}, {@code JPEGImages/} and the lists of {@code ImageSets/Main/}, also
 * below {@code VOCdevkit/VOC2012/}; or an XML file beside each picture, in folders for the parts or not. Classes are the
 * names that occur, sorted, or as {@code classes.txt} orders them.
 */
final class VocFolder {
    private final FileTree tree;
    private final PictureIndex pictures;
    private final Map<String, VocXml> files = new TreeMap<>();

    private VocFolder(FileTree tree, PictureIndex pictures) {
        this.tree = tree;
        this.pictures = pictures;
    }

    static Optional<Found> find(FileTree tree, String below, PictureIndex pictures) throws IOException {
        var folder = new VocFolder(tree, pictures);
        for (String path : tree.files()) {
            if (path.startsWith(below) && path.toLowerCase(Locale.ROOT).endsWith(".xml")) {
                Optional<VocXml> read = VocXml.read(tree.read(path), tree.source(path));
                if (read.isPresent()) {
                    folder.files.put(path, read.get());
                } else if (folder.files.isEmpty()) {
                    return Optional.empty(); // the first XML file tells what they are
                }
            }
        }
        return folder.files.isEmpty() ? Optional.empty() : Optional.of(folder.found());
    }

    private Found found() throws IOException {
        var names = new TreeSet<String>();
        files.values().forEach(f -> f.objects().forEach(o -> names.add(o.name())));
        if (names.isEmpty()) {
            throw new DatasetException(tree.name() + " has VOC files without any object; annotate some pictures");
        }
        List<String> classes = tree.contains(ClassNames.FILE)
                ? ClassNames.ordered(names, ClassNames.parse(tree.read(ClassNames.FILE)), tree.name())
                : List.copyOf(names);
        Map<String, Label> labels = new HashMap<>();
        classes.forEach(name -> labels.put(name, new Label(labels.size(), name)));
        List<DroppedBox> dropped = new ArrayList<>();
        Map<String, Part> lists = lists();
        var parts = new BoxForms.Parts(tree, classes, dropped);
        for (var each : files.entrySet()) {
            String stem = PictureIndex.stem(each.getKey());
            Optional<Part> part = lists.isEmpty()
                    ? Part.ofPath(PictureIndex.folder(each.getKey()))
                    : Optional.ofNullable(lists.get(root(each.getKey()) + stem));
            if (lists.isEmpty() || part.isPresent()) { // what no list names belongs to no part
                parts.add(part, entry(each.getKey(), each.getValue(), part, labels, dropped));
            }
        }
        return parts.found("VOC boxes in " + tree.name());
    }

    private Entry entry(
            String path, VocXml file, Optional<Part> part, Map<String, Label> labels, List<DroppedBox> dropped) {
        String stem = PictureIndex.stem(path);
        // the file's own name is more reliable than what stands in it: tools copy and rename
        String near = path.replace("Annotations/", "JPEGImages/");
        String picture = pictures.findStem(stem, near, part)
                .or(() -> pictures.find(file.fileName(), near, part))
                .orElse(PictureIndex.folder(near) + (file.fileName().isBlank() ? stem + ".jpg" : stem));
        var collector = new ObjectCollector(tree.source(path), dropped);
        for (VocObject o : file.objects()) {
            collector
                    .object(labels.get(o.name()), o.x1(), o.y1(), o.x2(), o.y2())
                    .ifPresent(object -> collector.add(object.withDifficult(o.difficult())));
        }
        return new Entry(picture, collector.annotation());
    }

    /** The folder that holds {@code Annotations}. */
    private static String root(String path) {
        int at = path.lastIndexOf("Annotations/");
        return at < 0 ? PictureIndex.folder(path) : path.substring(0, at);
    }

    /** The parts by root and stem, of the lists train, val, trainval and test; trainval counts where there is no train. */
    private Map<String, Part> lists() throws IOException {
        Map<String, Part> parts = new HashMap<>();
        for (String set : List.of("trainval", "train", "val", "test")) { // later lists are more exact
            for (String path : tree.files()) {
                String tail = "ImageSets/Main/" + set + ".txt";
                if (path.equals(tail) || path.endsWith("/" + tail)) {
                    String root = path.substring(0, path.length() - tail.length());
                    new String(tree.read(path), StandardCharsets.UTF_8)
                            .lines()
                            .map(line -> line.strip().split("\\s+", 2)[0])
                            .filter(stem -> !stem.isEmpty())
                            .forEach(stem ->
                                    parts.put(root + stem, Part.named(set).orElseThrow()));
                }
            }
        }
        return parts;
    }
}
