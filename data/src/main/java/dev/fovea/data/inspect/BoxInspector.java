package dev.fovea.data.inspect;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.inspect.BoxFacts.ClassBoxes;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Size;
import dev.fovea.vision.draw.ContactSheet;
import dev.fovea.vision.draw.Overlay;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Resample;
import dev.fovea.vision.transform.Warp;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Looks at the boxes of all pictures, after these were measured. */
final class BoxInspector {
    private static final int SHOWN = 12;
    private static final int MOST_LISTED = 10_000;
    private static final int CELL = 220;
    private static final double SAME = 0.95;
    private static final double TOLERANCE = 1;

    private final SplitDatasets data;
    private final Examination all;
    private final int[][] sizes;
    private final List<String> outOfFrame = new ArrayList<>();
    private final List<String> duplicates = new ArrayList<>();
    private final List<Integer> withObjects = new ArrayList<>();
    private int crowds;
    private int difficult;
    private int without;
    private int most;

    private BoxInspector(SplitDatasets data, Examination all) {
        this.data = data;
        this.all = all;
        sizes = new int[data.classes().size()][3];
    }

    /** Empty if the data has no boxes. */
    static Optional<BoxFacts> inspect(SplitDatasets data, Examination all) {
        return data.hasBoxes() ? Optional.of(new BoxInspector(data, all).run()) : Optional.empty();
    }

    private BoxFacts run() {
        for (int i = 0; i < all.size(); i++) {
            picture(i, all.annotation(i).instances());
        }
        List<ClassBoxes> perClass = new ArrayList<>();
        for (int c = 0; c < sizes.length; c++) {
            perClass.add(new ClassBoxes(data.classes().get(c), sizes[c][0], sizes[c][1], sizes[c][2]));
        }
        Dataset any = data.train();
        return new BoxFacts(perClass, crowds, difficult, any.dropped(), outOfFrame, duplicates, without, most, sheet());
    }

    private void picture(int index, List<Instance> objects) {
        without += objects.isEmpty() ? 1 : 0;
        most = Math.max(most, objects.size());
        if (!objects.isEmpty() && all.facts(index).isPresent()) {
            withObjects.add(index);
        }
        for (int a = 0; a < objects.size(); a++) {
            Instance object = objects.get(a);
            crowds += object.crowd() ? 1 : 0;
            difficult += object.difficult() ? 1 : 0;
            double area = object.area();
            sizes[object.label().index()][area < 32 * 32 ? 0 : area <= 96 * 96 ? 1 : 2]++;
            frame(index, object);
            for (int b = 0; b < a; b++) {
                if (objects.get(b).label().equals(object.label())
                        && objects.get(b).box().iou(object.box()) >= SAME
                        && duplicates.size() < MOST_LISTED) {
                    duplicates.add(all.source(index) + ": two boxes of '" + object.label() + "' at "
                            + text(object.box()) + " are nearly the same");
                }
            }
        }
    }

    private void frame(int index, Instance object) {
        Box box = object.box();
        Optional<Size> size = all.facts(index).map(Facts::size);
        if (size.isPresent()
                && (box.x1() < -TOLERANCE
                        || box.y1() < -TOLERANCE
                        || box.x2() > size.get().width() + TOLERANCE
                        || box.y2() > size.get().height() + TOLERANCE)
                && outOfFrame.size() < MOST_LISTED) {
            outOfFrame.add(all.source(index) + ": the box of '" + object.label() + "' at " + text(box)
                    + " reaches out of the picture of " + size.get());
        }
    }

    private static String text(Box box) {
        return String.format(Locale.ROOT, "(%.0f, %.0f)-(%.0f, %.0f)", box.x1(), box.y1(), box.x2(), box.y2());
    }

    /** Pictures spread evenly over those with objects. */
    private Optional<Image> sheet() {
        List<Image> shown = new ArrayList<>();
        int count = Math.min(SHOWN, withObjects.size());
        for (int i = 0; i < count; i++) {
            int index = withObjects.get((int) ((long) i * withObjects.size() / count));
            drawn(index).ifPresent(shown::add);
        }
        return shown.isEmpty()
                ? Optional.empty()
                : Optional.of(ContactSheet.of(shown)
                        .columns(Math.min(4, shown.size()))
                        .cell(Size.square(CELL))
                        .render());
    }

    /** A picture with its boxes; empty if it cannot be read any more. */
    private Optional<Image> drawn(int index) {
        Image image;
        try {
            image = all.picture(index);
        } catch (IOException e) {
            return Optional.empty();
        }
        double scale = (double) CELL / Math.max(image.width(), image.height());
        Size cell = new Size(Math.max(1, (int) Math.round(image.height() * scale)), Math.max(1, (int)
                Math.round(image.width() * scale)));
        Image small = Resample.resize(image, cell, Interpolation.BILINEAR);
        List<Instance> boxes = all.annotation(index).instances().stream()
                .map(o -> Instance.of(o.label(), o.box()))
                .toList();
        var moved = Warp.stretch(image.size(), cell).annotation(Annotation.NONE.withInstances(boxes), image.size());
        return Optional.of(Overlay.draw(small, moved));
    }
}
