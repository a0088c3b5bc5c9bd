package dev.fovea.data;

import dev.fovea.data.FileDataset.Entry;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.Rle;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Pictures with COCO JSON: {@code annotations/instances_train2017.json} beside {@code train2017/}, one file among the
 * pictures of each part ({@code train/_annotations.coco.json}), or a single file. A file's name or folder says its part.
 * Classes are the categories by ascending id.
 */
final class CocoFolder {
    private static final int MOST_FILES = 64;
    private static final int DEEPEST = 4;

    private final FileTree tree;
    private final PictureIndex pictures;
    private final List<String> classes = new ArrayList<>();
    private final List<DroppedBox> dropped = new ArrayList<>();

    private CocoFolder(FileTree tree, PictureIndex pictures) {
        this.tree = tree;
        this.pictures = pictures;
    }

    static Optional<Found> find(FileTree tree, String below, PictureIndex pictures) throws IOException {
        List<CocoJson> files = new ArrayList<>();
        for (String path : tree.files()) {
            boolean shallow = path.chars().filter(c -> c == '/').count() < DEEPEST;
            if (path.startsWith(below) && path.toLowerCase(Locale.ROOT).endsWith(".json") && shallow) {
                if (files.size() == MOST_FILES) {
                    break;
                }
                CocoJson.read(tree, path).ifPresent(files::add);
            }
        }
        if (files.stream().anyMatch(f -> isInstances(f.path()))) {
            files.removeIf(f -> !isInstances(f.path())); // key points and the like repeat the same objects
        }
        return files.isEmpty() ? Optional.empty() : Optional.of(new CocoFolder(tree, pictures).found(files));
    }

    private static boolean isInstances(String path) {
        return PictureIndex.name(path).startsWith("instances");
    }

    /** What one file given by its path holds. */
    static Found ofFile(FileTree tree, String path) throws IOException {
        CocoJson file = CocoJson.read(tree, path)
                .orElseThrow(
                        () -> new DatasetException(
                                tree.source(path)
                                        + " is no COCO file of boxes; it needs the lists images, annotations (with bbox) and categories"));
        return new CocoFolder(tree, new PictureIndex(tree)).found(List.of(file));
    }

    private Found found(List<CocoJson> files) throws IOException {
        Map<Optional<Part>, CocoJson> byPart = new LinkedHashMap<>();
        for (CocoJson file : files) {
            CocoJson other = byPart.put(files.size() == 1 ? Optional.empty() : Part.ofPath(file.path()), file);
            if (other != null) {
                throw new DatasetException(tree.name() + " has several files of boxes for the same pictures, "
                        + other.path() + " and " + file.path() + "; give one of them instead of the folder");
            }
        }
        CocoJson first = byPart.getOrDefault(Optional.of(Part.TRAIN), files.get(0));
        classes.addAll(first.categories().values());
        for (CocoJson file : files) {
            for (String name : file.categories().values()) {
                if (!classes.contains(name)) {
                    throw new DatasetException(tree.source(file.path()) + " has the category '" + name + "', which "
                            + first.path() + " does not have; both need the same categories");
                }
            }
        }
        var parts = new BoxForms.Parts(tree, classes, dropped);
        for (var each : byPart.entrySet()) {
            for (CocoJson.Picture picture : each.getValue().pictures()) {
                parts.add(each.getKey(), entry(each.getValue(), picture, each.getKey()));
            }
        }
        return parts.found("COCO boxes in " + (files.size() == 1 ? tree.source(first.path()) : tree.name()));
    }

    private Entry entry(CocoJson file, CocoJson.Picture picture, Optional<Part> part) throws DatasetException {
        String path = pictures.find(picture.fileName(), file.path(), part)
                .orElse(PictureIndex.folder(file.path()) + PictureIndex.name(picture.fileName()));
        Map<Integer, Label> labels = new HashMap<>();
        file.categories().forEach((id, name) -> labels.put(id, new Label(classes.indexOf(name), name)));
        String source = tree.source(file.path()) + ", " + picture.fileName();
        var collector = new ObjectCollector(source, dropped);
        List<Instance> objects = new ArrayList<>();
        List<Optional<Rle>> runs = new ArrayList<>();
        for (CocoObject read : picture.objects()) {
            Label label = labels.get(read.category());
            if (label == null) {
                throw new DatasetException(source + ": category_id " + read.category()
                        + " is not among the categories of the file; add it there");
            }
            read.instance(label, file.keypoints().getOrDefault(read.category(), List.of()), collector)
                    .ifPresent(object -> {
                        objects.add(object);
                        runs.add(read.runs().filter(r -> fits(r, picture.size())));
                    });
        }
        if (runs.stream().allMatch(Optional::isEmpty)) {
            return new Entry(path, ObjectCollector.annotation(objects));
        }
        // masks of runs are unpacked when asked for: thousands of them would fill the memory
        return new Entry(path, () -> {
            List<Instance> masked = new ArrayList<>();
            for (int i = 0; i < runs.size(); i++) {
                masked.add(objects.get(i).withMask(runs.get(i).map(Rle::toMask)));
            }
            return ObjectCollector.annotation(masked);
        });
    }

    private static boolean fits(Rle runs, Optional<Size> picture) {
        return picture.isEmpty() || picture.get().equals(runs.size());
    }
}
