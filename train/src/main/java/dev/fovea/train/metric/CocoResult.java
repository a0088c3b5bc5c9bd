package dev.fovea.train.metric;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The numbers of a COCO evaluation, 0-1; {@link #NONE} where no object could be found, so that nothing can be said. Averages
 * leave such classes out.
 */
public final class CocoResult {
    /** Said where there was nothing to find. */
    public static final double NONE = -1;

    private final CocoProtocol protocol;
    private final double[][][][] precision; // [class][size][limit][iou], each a mean over recalls
    private final double[][][][] recall;
    private final double[][][] curves; // [class][iou][recall], of all sizes at the last limit

    private CocoResult(CocoProtocol protocol, double[][][][] precision, double[][][][] recall, double[][][] curves) {
        this.protocol = protocol;
        this.precision = precision;
        this.recall = recall;
        this.curves = curves;
    }

    static CocoResult of(CocoProtocol protocol, List<List<Tally>> tallies) {
        int classes = tallies.size();
        int sizes = protocol.sizes().size();
        int limits = protocol.limits().size();
        int ious = protocol.ious().size();
        double[][][][] precision = new double[classes][sizes][limits][ious];
        double[][][][] recall = new double[classes][sizes][limits][ious];
        double[][][] curves = new double[classes][ious][];
        for (int k = 0; k < classes; k++) {
            for (int a = 0; a < sizes; a++) {
                Tally tally = tallies.get(k).get(a);
                int[] order = tally.order();
                for (int m = 0; m < limits; m++) {
                    for (int t = 0; t < ious; t++) {
                        double[] curve = tally.truths == 0
                                ? nothing()
                                : tally.curve(order, t, protocol.limits().get(m));
                        precision[k][a][m][t] = Arrays.stream(curve, 0, CocoProtocol.RECALLS)
                                .average()
                                .orElseThrow();
                        recall[k][a][m][t] = curve[CocoProtocol.RECALLS];
                        if (a == 0 && m == limits - 1) {
                            curves[k][t] = Arrays.copyOf(curve, CocoProtocol.RECALLS);
                        }
                    }
                }
            }
        }
        return new CocoResult(protocol, precision, recall, curves);
    }

    private static double[] nothing() {
        double[] curve = new double[CocoProtocol.RECALLS + 1];
        Arrays.fill(curve, NONE);
        return curve;
    }

    /** The number of classes; 1 if classes were not looked at. */
    public int classes() {
        return precision.length;
    }

    /** Average precision over all overlaps and classes, "mAP": the number by which detectors are compared. */
    public double ap() {
        return mean(precision, 0, last(), allIous(), allClasses());
    }

    /** Average precision at one overlap, for example 0.5. */
    public double ap(double iou) {
        return mean(precision, 0, last(), new int[] {iou(iou)}, allClasses());
    }

    /** Average precision of the objects of a size, for example {@code small}. */
    public double ap(String size) {
        return mean(precision, size(size), last(), allIous(), allClasses());
    }

    /** Average precision of one class. */
    public double classAp(int category) {
        return mean(precision, 0, last(), allIous(), new int[] {category});
    }

    /** Average precision of one class at one overlap. */
    public double classAp(int category, double iou) {
        return mean(precision, 0, last(), new int[] {iou(iou)}, new int[] {category});
    }

    /** Average precision of one class and size. */
    public double classAp(int category, String size) {
        return mean(precision, size(size), last(), allIous(), new int[] {category});
    }

    /** Average recall over all overlaps and classes with at most so many finds a class and picture. */
    public double ar(int limit) {
        return mean(recall, 0, limit(limit), allIous(), allClasses());
    }

    /** Average recall of the objects of a size. */
    public double ar(String size) {
        return mean(recall, size(size), last(), allIous(), allClasses());
    }

    /** Recall at one overlap. */
    public double arAt(double iou) {
        return mean(recall, 0, last(), new int[] {iou(iou)}, allClasses());
    }

    /** Average recall of one class. */
    public double classAr(int category) {
        return mean(recall, 0, last(), allIous(), new int[] {category});
    }

    /** Precision at the recalls 0, 0.01, ... 1 of a class at an overlap; all {@link #NONE} where there is nothing. */
    public List<Double> precisions(int category, double iou) {
        return Arrays.stream(curves[category][iou(iou)]).boxed().toList();
    }

    /**
     * The numbers under the names that COCO prints: twelve for boxes and masks (AP, AP50, AP75, APsmall, APmedium, APlarge,
     * AR1, AR10, AR100, ARsmall, ARmedium, ARlarge), ten for key points.
     */
    public Map<String, Double> summary() {
        Map<String, Double> summary = new LinkedHashMap<>();
        List<String> sizes = protocol.sizes().stream()
                .skip(1)
                .map(CocoProtocol.SizeRange::name)
                .toList();
        summary.put("AP", ap());
        summary.put("AP50", ap(0.5));
        summary.put("AP75", ap(0.75));
        sizes.forEach(name -> summary.put("AP" + name, ap(name)));
        if (protocol.limits().size() > 1) {
            protocol.limits().forEach(limit -> summary.put("AR" + limit, ar(limit)));
        } else {
            summary.put("AR", ar(protocol.limits().get(0)));
            summary.put("AR50", arAt(0.5));
            summary.put("AR75", arAt(0.75));
        }
        sizes.forEach(name -> summary.put("AR" + name, ar(name)));
        return summary;
    }

    private static double mean(double[][][][] of, int size, int limit, int[] ious, int[] categories) {
        double sum = 0;
        long count = 0;
        for (int k : categories) {
            for (int t : ious) {
                double value = of[k][size][limit][t];
                if (value > NONE) {
                    sum += value;
                    count++;
                }
            }
        }
        return count == 0 ? NONE : sum / count;
    }

    private int[] allClasses() {
        return IntStream.range(0, precision.length).toArray();
    }

    private int[] allIous() {
        return IntStream.range(0, protocol.ious().size()).toArray();
    }

    private int last() {
        return protocol.limits().size() - 1;
    }

    private int iou(double iou) {
        return IntStream.range(0, protocol.ious().size())
                .filter(t -> Math.abs(protocol.ious().get(t) - iou) < 1e-9)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "the overlap " + iou + " was not evaluated; there are " + protocol.ious()));
    }

    private int limit(int limit) {
        int at = protocol.limits().indexOf(limit);
        if (at < 0) {
            throw new IllegalArgumentException(
                    "the limit " + limit + " was not evaluated; there are " + protocol.limits());
        }
        return at;
    }

    private int size(String name) {
        return IntStream.range(0, protocol.sizes().size())
                .filter(a -> protocol.sizes().get(a).name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("the size '" + name + "' was not evaluated; there are "
                        + protocol.sizes().stream()
                                .map(CocoProtocol.SizeRange::name)
                                .toList()));
    }
}
