package dev.fovea.vision.draw;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Detection;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints.Point;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.LabelMap;
import dev.fovea.vision.Mask;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Warp;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.Function;

/**
 * Annotations drawn on a copy of an image, each class in its own colour ({@link Colour#ofClass}): label maps and masks
 * as a tint, outlines and boxes as lines, key points as discs (rings where they are hidden), and a name for each
 * object.
 */
public final class Overlay {
    private static final double TINT = 0.45;

    private Overlay() {}

    /** The image, in RGB, with its annotation; objects carry the names of their classes. */
    public static Image draw(Image image, Annotation annotation) {
        return draw(image, annotation, instance -> instance.label().name());
    }

    /**
     * The same with a text of the caller's choice for each object, for example name and score; a blank text draws no
     * label.
     *
     * @throws IllegalArgumentException if a mask or label map has another size than the image
     */
    public static Image draw(Image image, Annotation annotation, Function<Instance, String> caption) {
        boolean tints = annotation.semantic().isPresent()
                || annotation.instances().stream().anyMatch(i -> i.mask().isPresent());
        byte[] tinted = tints ? image.toRgb().pixels().clone() : image.toRgb().pixels();
        annotation.semantic().ifPresent(map -> tint(tinted, image.size(), map));
        for (Instance instance : annotation.instances()) {
            instance.mask().ifPresent(mask -> tint(tinted, image.size(), mask, colour(instance)));
        }
        int thickness = Math.max(1, Math.round(Math.min(image.width(), image.height()) / 300f));
        try (var canvas = new Canvas(Image.wrap(image.width(), image.height(), 3, tinted))) {
            for (Instance instance : annotation.instances()) {
                lines(canvas, instance, thickness);
            }
            var labels = new LabelPlacer(image.size());
            for (Instance instance : annotation.instances()) {
                labels.draw(canvas, caption.apply(instance), instance.box(), colour(instance));
            }
            return canvas.image();
        }
    }

    /** The image, in RGB, with what was found in it, worst first so that the best lie on top, each with name and score. */
    public static Image draw(Image image, Detections found) {
        List<Instance> objects = new ArrayList<>();
        var captions = new IdentityHashMap<Instance, String>();
        for (int i = found.size() - 1; i >= 0; i--) {
            Detection each = found.items().get(i);
            Instance object = Instance.of(each.label(), each.box());
            objects.add(object);
            captions.put(object, each.caption());
        }
        return draw(image, Annotation.NONE.withInstances(objects), captions::get);
    }

    /**
     * A small image enlarged by a whole factor until its short side has at least {@code minimumSide} pixels, then drawn
     * on, so that lines and names have room.
     */
    public static Image enlarged(Image image, Annotation annotation, int minimumSide) {
        int shortSide = Math.min(image.width(), image.height());
        int factor = Math.max(1, (minimumSide + shortSide - 1) / shortSide);
        var size = new Size(Math.multiplyExact(image.height(), factor), Math.multiplyExact(image.width(), factor));
        Annotation stretched = Warp.stretch(image.size(), size).annotation(annotation, image.size());
        return draw(Canvas.resized(image, size), stretched);
    }

    private static Colour colour(Instance instance) {
        return Colour.ofClass(instance.label().index());
    }

    private static void lines(Canvas canvas, Instance instance, int thickness) {
        Colour colour = colour(instance);
        var box = instance.box();
        canvas.rectangle(box.x1(), box.y1(), box.x2(), box.y2(), colour, thickness);
        instance.outline().ifPresent(outline -> outline(canvas, outline, colour, thickness));
        instance.keypoints().ifPresent(keypoints -> {
            for (Point point : keypoints.points()) {
                if (point.visibility() != Visibility.ABSENT) {
                    int radius = 2 * thickness + 2;
                    canvas.circle(point.x() - 0.5, point.y() - 0.5, radius, Colour.WHITE, 0);
                    int ring = point.visibility() == Visibility.VISIBLE ? 0 : thickness;
                    canvas.circle(point.x() - 0.5, point.y() - 0.5, radius - 1, colour, ring);
                }
            }
        });
    }

    private static void outline(Canvas canvas, Outline outline, Colour colour, int thickness) {
        for (float[] p : outline.polygons()) {
            for (int i = 0; i < p.length; i += 2) {
                int next = (i + 2) % p.length;
                // Outlines run between pixels, lines through their centres.
                canvas.line(p[i] - 0.5, p[i + 1] - 0.5, p[next] - 0.5, p[next + 1] - 0.5, colour, thickness);
            }
        }
    }

    private static void tint(byte[] pixels, Size size, LabelMap map) {
        requireSize("label map", map.size(), size);
        Colour[] palette = new Colour[LabelMap.IGNORE];
        for (int i = 0; i < palette.length; i++) {
            palette[i] = Colour.ofClass(i);
        }
        byte[] classes = map.classes();
        for (int i = 0; i < classes.length; i++) {
            int index = classes[i] & 0xff;
            if (index != LabelMap.IGNORE) {
                blend(pixels, i, palette[index]);
            }
        }
    }

    private static void tint(byte[] pixels, Size size, Mask mask, Colour colour) {
        requireSize("mask", mask.size(), size);
        BitSet bits = mask.bits();
        for (int i = bits.nextSetBit(0); i >= 0; i = bits.nextSetBit(i + 1)) {
            blend(pixels, i, colour);
        }
    }

    private static void blend(byte[] pixels, int pixel, Colour colour) {
        int i = pixel * 3;
        pixels[i] = mixed(pixels[i], colour.red());
        pixels[i + 1] = mixed(pixels[i + 1], colour.green());
        pixels[i + 2] = mixed(pixels[i + 2], colour.blue());
    }

    private static byte mixed(byte value, int colour) {
        return (byte) Math.round((value & 0xff) * (1 - TINT) + colour * TINT);
    }

    private static void requireSize(String what, Size actual, Size image) {
        if (!actual.equals(image)) {
            throw new IllegalArgumentException("cannot draw a " + what + " of " + actual + " on an image of " + image);
        }
    }
}
