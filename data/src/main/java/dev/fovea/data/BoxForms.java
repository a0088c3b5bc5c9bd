package dev.fovea.data;

import dev.fovea.data.FileDataset.Entry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recognises pictures with boxes in the forms of COCO, Pascal VOC and YOLO. */
final class BoxForms {
    private static final int PICTURES_TO_PROBE = 50;

    private BoxForms() {}

    /**
     * What a tree holds, if it is one of these forms.
     *
     * @param below only annotations in this folder, which ends with {@code /}, are looked at; empty for all
     */
    static Optional<Found> find(FileTree tree, String below) throws IOException {
        var pictures = new PictureIndex(tree);
        if (pictures.isEmpty()) {
            return Optional.empty();
        }
        Optional<Found> coco = CocoFolder.find(tree, below, pictures);
        if (coco.isPresent()) {
            return coco;
        }
        Optional<Found> voc = VocFolder.find(tree, below, pictures);
        return voc.isPresent() ? voc : YoloFolder.find(tree, below, pictures);
    }

    /** Pictures by their part; those without one are the training part. */
    static final class Parts {
        private final FileTree tree;
        private final List<String> classes;
        private final List<DroppedBox> dropped;
        private final Map<Part, List<Entry>> entries = new EnumMap<>(Part.class);

        Parts(FileTree tree, List<String> classes, List<DroppedBox> dropped) {
            this.tree = tree;
            this.classes = classes;
            this.dropped = dropped;
            for (Part part : Part.values()) {
                entries.put(part, new ArrayList<>());
            }
        }

        void add(Optional<Part> part, Entry entry) {
            entries.get(part.orElse(Part.TRAIN)).add(entry);
        }

        Found found(String what) throws DatasetException {
            // single missing pictures are found when they are read; if all are, they lie elsewhere
            if (entries.values().stream()
                    .flatMap(List::stream)
                    .limit(PICTURES_TO_PROBE)
                    .noneMatch(e -> tree.contains(e.path()))) {
                throw new DatasetException(what + " speaks of no picture that is there; put the pictures beside it");
            }
            if (entries.get(Part.TRAIN).isEmpty()) { // a part on its own, given to judge by
                Part only = entries.get(Part.TEST).isEmpty() ? Part.VALIDATION : Part.TEST;
                entries.put(Part.TRAIN, entries.put(only, List.of()));
            }
            FileDataset train = dataset(Part.TRAIN);
            return new Found(what, train, train::path, part(Part.VALIDATION), part(Part.TEST), true);
        }

        private Optional<Dataset> part(Part part) {
            return entries.get(part).isEmpty() ? Optional.empty() : Optional.of(dataset(part));
        }

        private FileDataset dataset(Part part) {
            return new FileDataset(tree, classes, entries.get(part), dropped);
        }
    }
}
