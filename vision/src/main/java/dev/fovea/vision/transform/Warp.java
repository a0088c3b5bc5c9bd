package dev.fovea.vision.transform;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Geometry;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.LabelMap;
import dev.fovea.vision.Mask;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A projective map of the plane with the size of the image it leads to, and what it does to everything known of an image.
 * Every transform that moves pixels describes the movement with one of these, so image and annotation cannot disagree.
 *
 * <p>A point of the old image (continuous pixel coordinates, see {@link Box}) lands at {@code x' = (a x + b y + c) / w},
 * {@code y' = (d x + e y + f) / w} with {@code w = g x + h y + 1}; {@code g = h = 0} makes the map affine.
 *
 * <ul>
 *   <li>Boxes become the bounding box of their mapped corners, clipped to the new image.
 *   <li>Masks and label maps are resampled by nearest neighbour at pixel centres; what lies outside the old image is
 *       not in the mask, and {@link LabelMap#IGNORE} in the label map.
 *   <li>Outlines are mapped and clipped to the new image.
 *   <li>Key points outside the new image become {@link Visibility#ABSENT} at (0, 0).
 *   <li>Objects whose box or mask has no area left are dropped.
 * </ul>
 *
 * @param size the size of the new image
 */
public record Warp(double a, double b, double c, double d, double e, double f, double g, double h, Size size) {

    /** The affine map {@code x' = a x + b y + c}, {@code y' = d x + e y + f}. */
    public static Warp affine(double a, double b, double c, double d, double e, double f, Size size) {
        return new Warp(a, b, c, d, e, f, 0, 0, size);
    }

    /** The map that stretches an image of one size over another. */
    public static Warp stretch(Size from, Size to) {
        return affine(to.width() / (double) from.width(), 0, 0, 0, to.height() / (double) from.height(), 0, to);
    }

    /** The map that moves an image by whole pixels into a frame of the given size: crops and padding. */
    public static Warp shift(int dx, int dy, Size size) {
        return affine(1, 0, dx, 0, 1, dy, size);
    }

    /** True where straight boxes stay straight: no rotation, shear or perspective. */
    public boolean isAxisAligned() {
        return b == 0 && d == 0 && g == 0 && h == 0;
    }

    /** Where a point of the old image lies in the new one, as {@code {x, y}}. */
    public double[] map(double x, double y) {
        double w = g * x + h * y + 1;
        return new double[] {(a * x + b * y + c) / w, (d * x + e * y + f) / w};
    }

    /**
     * The way back: from points of this warp's image to points of the old one, whose size is given.
     *
     * @throws IllegalArgumentException if the map is flat, so that there is no way back
     */
    public Warp inverse(Size old) {
        double i = e - f * h;
        double det = a * i - b * (d - f * g) + c * (d * h - e * g);
        double scale = a * e - b * d;
        if (det == 0 || scale == 0 || !Double.isFinite(1 / det)) {
            throw new IllegalArgumentException("the map has no inverse: " + this);
        }
        return new Warp(
                i / scale,
                (c * h - b) / scale,
                (b * f - c * e) / scale,
                (f * g - d) / scale,
                (a - c * g) / scale,
                (c * d - a * f) / scale,
                (d * h - e * g) / scale,
                (b * g - a * h) / scale,
                old);
    }

    /**
     * The given image, which this map made of the picture's, with the picture's annotation and geometry moved along.
     * The geometry is affine; of a perspective map it takes the tangent at the centre of the old image.
     */
    public Picture apply(Picture picture, Image warped) {
        if (!warped.size().equals(size)) {
            throw new IllegalArgumentException("the warp leads to " + size + ", the warped image is " + warped.size());
        }
        Size old = picture.image().size();
        return new Picture(warped, annotation(picture.annotation(), old), geometry(picture.geometry(), old));
    }

    /**
     * An annotation of an image of size {@code old}, moved.
     *
     * @throws IllegalArgumentException if a mask or label map has another size, or if the map throws a point of the old
     *     image to infinity
     */
    public Annotation annotation(Annotation annotation, Size old) {
        if (annotation.instances().isEmpty() && annotation.semantic().isEmpty()) {
            return annotation;
        }
        // w is linear, so it is positive on the image if it is positive on its corners.
        if (Math.min(Math.min(0, g * old.width()), Math.min(h * old.height(), g * old.width() + h * old.height()))
                <= -1) {
            throw new IllegalArgumentException("the map throws a part of an image of " + old + " to infinity: " + this);
        }
        var moved = new ArrayList<Instance>(annotation.instances().size());
        for (Instance instance : annotation.instances()) {
            instance(instance, old).ifPresent(moved::add);
        }
        return annotation
                .withInstances(moved)
                .withSemantic(annotation.semantic().map(map -> labelMap(map, old)));
    }

    /** A geometry followed by this map. */
    public Geometry geometry(Geometry geometry, Size old) {
        if (g == 0 && h == 0) {
            return geometry.then(a, b, c, d, e, f);
        }
        double x = old.width() / 2.0;
        double y = old.height() / 2.0;
        double w = g * x + h * y + 1;
        double[] p = map(x, y);
        double dxx = (a - g * p[0]) / w;
        double dxy = (b - h * p[0]) / w;
        double dyx = (d - g * p[1]) / w;
        double dyy = (e - h * p[1]) / w;
        return geometry.then(dxx, dxy, p[0] - dxx * x - dxy * y, dyx, dyy, p[1] - dyx * x - dyy * y);
    }

    /** One object, moved; empty if nothing of it is left. */
    public Optional<Instance> instance(Instance instance, Size old) {
        Box box = box(instance.box());
        if (box.area() == 0) {
            return Optional.empty();
        }
        Optional<Mask> mask = instance.mask().map(m -> mask(m, old));
        if (mask.isPresent() && mask.get().area() == 0) {
            return Optional.empty();
        }
        return Optional.of(instance.withShape(
                box,
                mask,
                instance.keypoints().map(this::keypoints),
                instance.outline().flatMap(this::outline),
                statedArea(instance, box)));
    }

    /** The stated area as the map enlarges it at the object's centre, less the share of its box that was clipped away. */
    private OptionalDouble statedArea(Instance instance, Box clipped) {
        if (instance.statedArea().isEmpty()) {
            return OptionalDouble.empty();
        }
        Box old = instance.box();
        double w = g * (old.x1() + old.x2()) / 2 + h * (old.y1() + old.y2()) / 2 + 1;
        double det = a * (e - f * h) - b * (d - f * g) + c * (d * h - e * g);
        double seen = clipped.area() / bounds(old).area();
        return OptionalDouble.of(instance.statedArea().getAsDouble() * Math.abs(det / (w * w * w)) * Math.min(1, seen));
    }

    /** The bounding box of the mapped corners, clipped to the new image; it may end without area. */
    public Box box(Box box) {
        return bounds(box).clip(size);
    }

    private Box bounds(Box box) {
        double x1 = Double.POSITIVE_INFINITY;
        double y1 = Double.POSITIVE_INFINITY;
        double x2 = Double.NEGATIVE_INFINITY;
        double y2 = Double.NEGATIVE_INFINITY;
        for (int corner = 0; corner < 4; corner++) {
            double[] p = map((corner & 1) == 0 ? box.x1() : box.x2(), corner < 2 ? box.y1() : box.y2());
            x1 = Math.min(x1, p[0]);
            y1 = Math.min(y1, p[1]);
            x2 = Math.max(x2, p[0]);
            y2 = Math.max(y2, p[1]);
        }
        return new Box((float) x1, (float) y1, (float) x2, (float) y2);
    }

    /** Key points, moved; those that leave the image become absent. */
    public Keypoints keypoints(Keypoints keypoints) {
        var moved = new ArrayList<Keypoints.Point>(keypoints.points().size());
        for (Keypoints.Point point : keypoints.points()) {
            double[] p = map(point.x(), point.y());
            boolean inside = p[0] >= 0 && p[0] <= size.width() && p[1] >= 0 && p[1] <= size.height();
            moved.add(
                    point.visibility() == Visibility.ABSENT || !inside
                            ? new Keypoints.Point(point.name(), 0, 0, Visibility.ABSENT)
                            : new Keypoints.Point(point.name(), (float) p[0], (float) p[1], point.visibility()));
        }
        return new Keypoints(moved);
    }

    /** An outline, moved and clipped; empty if no polygon is left. */
    public Optional<Outline> outline(Outline outline) {
        var moved = new ArrayList<float[]>(outline.polygons().size());
        for (float[] polygon : outline.polygons()) {
            double[] points = new double[polygon.length];
            for (int i = 0; i < polygon.length; i += 2) {
                double[] p = map(polygon[i], polygon[i + 1]);
                points[i] = p[0];
                points[i + 1] = p[1];
            }
            points = clip(clip(points, 0, size.width()), 1, size.height());
            if (points.length >= 6) {
                float[] kept = new float[points.length];
                for (int i = 0; i < kept.length; i++) {
                    kept[i] = (float) points[i];
                }
                moved.add(kept);
            }
        }
        return moved.isEmpty() ? Optional.empty() : Optional.of(new Outline(List.copyOf(moved)));
    }

    /** Cuts a polygon to {@code 0 <= p[axis] <= limit} (Sutherland and Hodgman, 1974). */
    private static double[] clip(double[] polygon, int axis, double limit) {
        return clip(clip(polygon, axis, 0, 1), axis, limit, -1);
    }

    private static double[] clip(double[] polygon, int axis, double edge, int side) {
        double[] kept = new double[polygon.length * 2];
        int n = 0;
        for (int i = 0; i < polygon.length; i += 2) {
            int j = i == 0 ? polygon.length - 2 : i - 2;
            double before = (polygon[j + axis] - edge) * side;
            double here = (polygon[i + axis] - edge) * side;
            if (before < 0 != here < 0) {
                double t = before / (before - here);
                kept[n++] = axis == 0 ? edge : polygon[j] + t * (polygon[i] - polygon[j]);
                kept[n++] = axis == 1 ? edge : polygon[j + 1] + t * (polygon[i + 1] - polygon[j + 1]);
            }
            if (here >= 0) {
                kept[n++] = polygon[i];
                kept[n++] = polygon[i + 1];
            }
        }
        return Arrays.copyOf(kept, n);
    }

    /** A mask over an image of size {@code old}, resampled by nearest neighbour. */
    public Mask mask(Mask mask, Size old) {
        requireSize("mask", mask.size(), old);
        BitSet from = mask.bits();
        BitSet to = new BitSet(Math.toIntExact(size.area()));
        nearest(old, (target, source) -> {
            if (from.get(source)) {
                to.set(target);
            }
        });
        return new Mask(size, to);
    }

    /** A label map over an image of size {@code old}, resampled by nearest neighbour. */
    public LabelMap labelMap(LabelMap map, Size old) {
        requireSize("label map", map.size(), old);
        byte[] from = map.classes();
        byte[] to = new byte[Math.toIntExact(size.area())];
        Arrays.fill(to, (byte) LabelMap.IGNORE);
        nearest(old, (target, source) -> to[target] = from[source]);
        return new LabelMap(size, to);
    }

    private static void requireSize(String what, Size actual, Size image) {
        if (!actual.equals(image)) {
            throw new IllegalArgumentException(what + " of " + actual + " on an image of " + image
                    + "; both must have the same size before a transform");
        }
    }

    /** Takes the flat index of a new pixel and of the old pixel that it shows. */
    private interface Copy {
        void pixel(int target, int source);
    }

    /** Visits every new pixel whose centre comes from inside the old image. */
    private void nearest(Size old, Copy copy) {
        Warp back = inverse(old);
        int width = size.width();
        if (isAxisAligned()) {
            int[] columns = sources(back.a, back.c, width, old.width());
            int[] rows = sources(back.e, back.f, size.height(), old.height());
            for (int y = 0; y < rows.length; y++) {
                for (int x = 0; rows[y] >= 0 && x < width; x++) {
                    if (columns[x] >= 0) {
                        copy.pixel(y * width + x, rows[y] * old.width() + columns[x]);
                    }
                }
            }
            return;
        }
        for (int y = 0; y < size.height(); y++) {
            double cy = y + 0.5;
            for (int x = 0; x < width; x++) {
                double cx = x + 0.5;
                double w = back.g * cx + back.h * cy + 1;
                double sx = (back.a * cx + back.b * cy + back.c) / w;
                double sy = (back.d * cx + back.e * cy + back.f) / w;
                if (w > 0 && sx >= 0 && sy >= 0 && sx < old.width() && sy < old.height()) {
                    copy.pixel(y * width + x, ((int) sy) * old.width() + (int) sx);
                }
            }
        }
    }

    /** On one axis the old pixel under each new pixel's centre, -1 outside. */
    private static int[] sources(double scale, double shift, int length, int oldLength) {
        int[] sources = new int[length];
        for (int i = 0; i < length; i++) {
            double at = scale * (i + 0.5) + shift;
            sources[i] = at >= 0 && at < oldLength ? (int) at : -1;
        }
        return sources;
    }
}
