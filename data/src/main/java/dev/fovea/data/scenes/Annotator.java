package dev.fovea.data.scenes;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Point;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Label;
import dev.fovea.vision.LabelMap;
import dev.fovea.vision.Mask;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/** Writes down what a scene shows, exactly, for a picture of a given size. */
final class Annotator {
    private final Scene scene;
    private final Size size;
    private final Owners owners;

    private Annotator(Scene scene, Size size) {
        this.scene = scene;
        this.size = size;
        owners = Owners.of(scene, size);
    }

    /** Objects from back to front; one of which no pixel is seen is left out. */
    static Annotation annotate(Scene scene, Size size) {
        return new Annotator(scene, size).annotation();
    }

    private Annotation annotation() {
        var masks = masks();
        var instances = new ArrayList<Instance>();
        byte[] classes = new byte[Math.toIntExact(size.area())];
        Arrays.fill(classes, (byte) Scenes.BACKGROUND);
        for (int item = 0; item < masks.size(); item++) {
            var mask = masks.get(item);
            var kind = scene.items().get(item).kind();
            if (kind.isPresent() && !mask.isEmpty()) {
                instances.add(instance(item, kind.get(), mask));
                for (int i = mask.nextSetBit(0); i >= 0; i = mask.nextSetBit(i + 1)) {
                    classes[i] = (byte) kind.get().toLabel().index();
                }
            }
        }
        var labels = instances.stream()
                .map(Instance::label)
                .distinct()
                .sorted((a, b) -> Integer.compare(a.index(), b.index()))
                .toList();
        return new Annotation(
                labels, instances, Optional.of(new LabelMap(size, classes)), Optional.of(Captions.caption(scene)));
    }

    private List<BitSet> masks() {
        var masks = new ArrayList<BitSet>();
        scene.items().forEach(item -> masks.add(new BitSet()));
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                if (owners.at(x, y) != Owners.BACKDROP) {
                    masks.get(owners.at(x, y)).set(y * size.width() + x);
                }
            }
        }
        return masks;
    }

    private Instance instance(int item, SceneClass kind, BitSet mask) {
        Label label = kind.toLabel();
        return new Instance(
                label,
                bounds(mask),
                Optional.of(new Mask(size, mask)),
                Optional.of(keypoints(item, kind)),
                Optional.of(outline(item)));
    }

    private Box bounds(BitSet mask) {
        int left = size.width();
        int right = 0;
        for (int i = mask.nextSetBit(0); i >= 0; i = mask.nextSetBit(i + 1)) {
            left = Math.min(left, i % size.width());
            right = Math.max(right, i % size.width());
        }
        int top = mask.nextSetBit(0) / size.width();
        int bottom = (mask.length() - 1) / size.width();
        return new Box(left, top, right + 1, bottom + 1);
    }

    private Keypoints keypoints(int item, SceneClass kind) {
        var thing = scene.items().get(item);
        double scale = Math.min(size.width(), size.height());
        var points = new ArrayList<Point>();
        for (int i = 0; i < SceneClass.KEYPOINTS; i++) {
            var point = thing.figure().keypoints().get(i);
            float x = (float) (thing.pose().x(point.x(), point.y()) * scale);
            float y = (float) (thing.pose().y(point.x(), point.y()) * scale);
            points.add(new Point(kind.keypoints().get(i), x, y, visibility(item, x, y)));
        }
        return new Keypoints(points);
    }

    private Visibility visibility(int item, float x, float y) {
        int column = (int) Math.floor(x);
        int row = (int) Math.floor(y);
        if (column < 0 || row < 0 || column >= size.width() || row >= size.height()) {
            return Visibility.ABSENT;
        }
        if (owners.at(column, row) > item) {
            return Visibility.HIDDEN;
        }
        for (int ny = Math.max(0, row - 1); ny <= Math.min(size.height() - 1, row + 1); ny++) {
            for (int nx = Math.max(0, column - 1); nx <= Math.min(size.width() - 1, column + 1); nx++) {
                if (owners.at(nx, ny) == item) {
                    return Visibility.VISIBLE;
                }
            }
        }
        return Visibility.HIDDEN;
    }

    private Outline outline(int item) {
        var thing = scene.items().get(item);
        double scale = Math.min(size.width(), size.height());
        var polygons = new ArrayList<float[]>();
        for (var contour : thing.figure().contours()) {
            double[] clipped = PolygonClip.toPicture(Coverage.project(contour, thing.pose(), scale), size);
            if (clipped.length >= 6) {
                float[] polygon = new float[clipped.length];
                for (int i = 0; i < polygon.length; i++) {
                    polygon[i] = (float) clipped[i];
                }
                polygons.add(polygon);
            }
        }
        return new Outline(polygons);
    }
}
