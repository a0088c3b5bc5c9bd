package dev.fovea.data;

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

/**
 * Pictures with YOLO text: {@code images/train/} beside {@code labels/train/}, {@code train/images/} beside {@code
 * train/labels/}, or each text file beside its picture. {@code data.yaml}, {@code *.names} or {@code classes.txt} names the
 * classes; parts are those of {@code data.yaml}, of lists {@code train.txt}, {@code val.txt}, {@code test.txt}, or of the
 * folders. A picture without a text file has no objects.
 */
final class YoloFolder {
    private static final int FILES_TO_PROBE = 200;

    private final FileTree tree;
    private final String below;
    private final PictureIndex pictures;
    private final Map<String, List<String>> labelFiles = new HashMap<>();

    private YoloFolder(FileTree tree, String below, PictureIndex pictures) {
        this.tree = tree;
        this.below = below;
        this.pictures = pictures;
    }

    static Optional<Found> find(FileTree tree, String below, PictureIndex pictures) throws IOException {
        var folder = new YoloFolder(tree, below, pictures);
        folder.index();
        if (!folder.looksRight()) {
            return Optional.empty();
        }
        return Optional.of(folder.found(YoloNames.find(tree, below)));
    }

    private void index() throws IOException {
        for (String path : tree.files()) {
            String stem = PictureIndex.stem(path);
            if (path.startsWith(below) && path.toLowerCase(Locale.ROOT).endsWith(".txt") && pictures.hasStem(stem)) {
                labelFiles.computeIfAbsent(stem, s -> new ArrayList<>()).add(path);
            }
        }
    }

    /** Whether some file has boxes and the first that has a line is one of boxes. */
    private boolean looksRight() throws IOException {
        int probed = 0;
        for (List<String> paths : new TreeMap<>(labelFiles).values()) {
            for (String path : paths) {
                if (probed++ == FILES_TO_PROBE) {
                    return false;
                }
                try {
                    if (!YoloLabels.parse(tree.read(path), path).lines().isEmpty()) {
                        return true;
                    }
                } catch (DatasetException e) {
                    return false; // text of another kind beside pictures
                }
            }
        }
        return false;
    }

    private Found found(Optional<YoloNames> given) throws IOException {
        Map<String, YoloLabels> read = new TreeMap<>();
        int highest = -1;
        for (String picture : wanted()) {
            Optional<String> labels = labelsOf(picture);
            if (labels.isPresent()) {
                YoloLabels lines = YoloLabels.parse(tree.read(labels.get()), tree.source(labels.get()));
                read.put(picture, lines);
                for (YoloLabels.Line line : lines.lines()) {
                    highest = Math.max(highest, line.category());
                    requireNamed(given, line, labels.get());
                }
            } else if (below.isEmpty()) {
                read.put(picture, new YoloLabels(List.of()));
            }
        }
        YoloNames names = given.orElse(numbered(highest));
        Map<Integer, Label> labels = names.labels();
        Map<String, Part> parts = parts(names);
        List<DroppedBox> dropped = new ArrayList<>();
        var found = new BoxForms.Parts(tree, names.classes(), dropped);
        for (var each : read.entrySet()) {
            YoloLabels kept = each.getValue().withoutDegenerate(tree.source(each.getKey()), labels, dropped);
            Optional<Part> part =
                    parts.isEmpty() ? Part.ofPath(each.getKey()) : Optional.ofNullable(parts.get(each.getKey()));
            if (parts.isEmpty() || part.isPresent()) {
                found.add(part, kept.entry(tree, each.getKey(), labels));
            }
        }
        return found.found("YOLO boxes in " + tree.name() + (below.isEmpty() ? "" : "/" + below));
    }

    private void requireNamed(Optional<YoloNames> given, YoloLabels.Line line, String path) throws DatasetException {
        if (given.isPresent() && !given.get().byId().containsKey(line.category())) {
            throw new DatasetException(tree.source(path) + " has the class " + line.category()
                    + ", but there are names for " + given.get().byId().keySet() + " only; correct one of them");
        }
    }

    /** Names where none are given: the numbers. */
    private static YoloNames numbered(int highest) {
        Map<Integer, String> names = new TreeMap<>();
        for (int i = 0; i <= highest; i++) {
            names.put(i, Integer.toString(i));
        }
        return new YoloNames(names, Map.of());
    }

    /** All pictures, or those in folders {@code images} where there are such. */
    private List<String> wanted() throws IOException {
        List<String> all = tree.files().stream().filter(FileTree::isPicture).toList();
        List<String> inside =
                all.stream().filter(p -> ("/" + p).contains("/images/")).toList();
        return inside.isEmpty() ? all : inside;
    }

    /** The text file of a picture: in {@code labels} for {@code images}, beside it, or of its name in its part. */
    private Optional<String> labelsOf(String picture) {
        List<String> candidates = labelFiles.getOrDefault(PictureIndex.stem(picture), List.of());
        String folder = PictureIndex.folder(picture);
        int at = ("/" + folder).lastIndexOf("/images/");
        String other =
                at < 0 ? folder : folder.substring(0, at) + "labels/" + folder.substring(at + "images/".length());
        for (String wanted : List.of(other, folder)) {
            for (String candidate : candidates) {
                if (PictureIndex.folder(candidate).equals(wanted)) {
                    return Optional.of(candidate);
                }
            }
        }
        List<String> samePart = candidates.stream()
                .filter(c -> Part.ofPath(c).equals(Part.ofPath(picture)))
                .toList();
        List<String> left = samePart.isEmpty() ? candidates : samePart;
        return left.size() == 1 ? Optional.of(left.get(0)) : Optional.empty();
    }

    /** The part of each picture, where the data says it. */
    private Map<String, Part> parts(YoloNames names) throws IOException {
        Map<String, Part> parts = new HashMap<>();
        for (var each : names.parts().entrySet()) {
            for (String place : each.getValue()) {
                if (place.endsWith(".txt")) {
                    list(place, each.getKey(), parts);
                } else {
                    folder(place, each.getKey(), parts);
                }
            }
        }
        for (Part part : Part.values()) {
            for (String name : List.of("train", "val", "valid", "test")) {
                if (parts.isEmpty() || names.parts().isEmpty()) {
                    if (Part.named(name).equals(Optional.of(part))) {
                        list(name + ".txt", part, parts);
                    }
                }
            }
        }
        return parts;
    }

    /** Pictures in a folder of {@code data.yaml}; leading dots and the path before what is here do not matter. */
    private void folder(String place, Part part, Map<String, Part> parts) throws IOException {
        String plain = place.replace('\\', '/').replaceAll("^(\\.{0,2}/)+", "").replaceAll("/+$", "");
        while (!plain.isEmpty()) {
            String prefix = plain + "/";
            List<String> inside = tree.files().stream()
                    .filter(f -> FileTree.isPicture(f) && ("/" + f).contains("/" + prefix))
                    .toList();
            if (!inside.isEmpty()) {
                inside.forEach(f -> parts.put(f, part));
                return;
            }
            int slash = plain.indexOf('/');
            plain = slash < 0 ? "" : plain.substring(slash + 1);
        }
    }

    private void list(String place, Part part, Map<String, Part> parts) throws IOException {
        String name = PictureIndex.name(place.replace('\\', '/'));
        for (String path : tree.files()) {
            if (PictureIndex.name(path).equals(name) && path.startsWith(below) && !labelFiles.containsKey(path)) {
                for (String line : new String(tree.read(path), StandardCharsets.UTF_8).split("\\R", -1)) {
                    if (!line.isBlank()) {
                        pictures.find(line.strip(), path, Optional.of(part)).ifPresent(p -> parts.put(p, part));
                    }
                }
            }
        }
    }
}
