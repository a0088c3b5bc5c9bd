package dev.fovea.train.metric;

import java.util.List;
import java.util.stream.IntStream;

/**
 * What a COCO evaluation asks.
 *
 * @param ious overlaps from which on something counts as found, ascending, at most 30
 * @param sizes ranges of area, the first of them without bounds
 * @param limits how many finds of one class in one picture are looked at, ascending
 * @param classwise whether a find must have the right class; otherwise all classes are one
 */
public record CocoProtocol(List<Double> ious, List<SizeRange> sizes, List<Integer> limits, boolean classwise) {
    /** The number of recall values at which precision is read. */
    static final int RECALLS = 101;

    /** Areas in square pixels that belong to a size, both ends included. */
    public record SizeRange(String name, double from, double to) {
        boolean holds(double area) {
            return area >= from && area <= to;
        }
    }

    private static final SizeRange ALL = new SizeRange("all", 0, 1e10);
    private static final SizeRange SMALL = new SizeRange("small", 0, 1024);
    private static final SizeRange MEDIUM = new SizeRange("medium", 1024, 9216);
    private static final SizeRange LARGE = new SizeRange("large", 9216, 1e10);

    public CocoProtocol {
        ious = List.copyOf(ious);
        sizes = List.copyOf(sizes);
        limits = List.copyOf(limits);
        if (ious.isEmpty() || ious.size() > 30 || sizes.isEmpty() || limits.isEmpty()) {
            throw new IllegalArgumentException("an evaluation needs 1 to 30 overlaps, a size and a limit, got "
                    + ious.size() + ", " + sizes.size() + " and " + limits.size());
        }
    }

    /** For boxes and masks: IoU 0.5 to 0.95, small below 32x32, large above 96x96, 1, 10 and 100 finds. */
    public static CocoProtocol boxes() {
        return new CocoProtocol(steps(), List.of(ALL, SMALL, MEDIUM, LARGE), List.of(1, 10, 100), true);
    }

    /** For key points: similarity 0.5 to 0.95, no small objects, 20 finds. */
    public static CocoProtocol keypoints() {
        return new CocoProtocol(steps(), List.of(ALL, MEDIUM, LARGE), List.of(20), true);
    }

    private static List<Double> steps() {
        return IntStream.range(0, 10)
                .mapToObj(i -> i == 9 ? 0.95 : 0.5 + i * 0.05)
                .toList();
    }

    /** The same with all classes as one: whether objects are found, whatever they are called. */
    public CocoProtocol withoutClasses() {
        return new CocoProtocol(ious, sizes, limits, false);
    }

    /** The recall at which the precision of place {@code i} is read. */
    static double recall(int i) {
        return i == RECALLS - 1 ? 1 : i * 0.01;
    }
}
