package dev.fovea.train.metric;

import java.util.ArrayList;
import java.util.List;

/**
 * Precision and recall of one class as the score is lowered, find by find.
 *
 * @param truths how many objects ought to be found
 * @param points best score first; empty if nothing was found
 */
public record PrecisionRecall(long truths, List<Point> points) {
    public PrecisionRecall {
        points = List.copyOf(points);
    }

    /** What holds when finds with at least this score are taken. */
    public record Point(double score, double precision, double recall) {
        /** The harmonic mean of both, 0 where both are. */
        public double f1() {
            return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall);
        }
    }

    /** The curve of finds by descending score, each right or wrong. */
    static PrecisionRecall of(long truths, List<Double> scores, List<Boolean> right) {
        List<Point> points = new ArrayList<>(scores.size());
        long hits = 0;
        for (int i = 0; i < scores.size(); i++) {
            hits += right.get(i) ? 1 : 0;
            points.add(new Point(scores.get(i), (double) hits / (i + 1), truths == 0 ? 0 : (double) hits / truths));
        }
        return new PrecisionRecall(truths, points);
    }

    /**
     * Average precision as of Pascal VOC 2010 on: the area under the curve after every precision was raised to the best at a
     * higher recall; {@link CocoResult#NONE} if there was nothing to find.
     */
    public double everyPoint() {
        if (truths == 0) {
            return CocoResult.NONE;
        }
        double area = 0;
        double best = 0;
        for (int i = points.size() - 1; i >= 0; i--) {
            best = Math.max(best, points.get(i).precision());
            double before = i == 0 ? 0 : points.get(i - 1).recall();
            area += (points.get(i).recall() - before) * best;
        }
        return area;
    }

    /** Average precision as of Pascal VOC 2007: the mean of the best precision at recalls of at least 0, 0.1, ... 1. */
    public double elevenPoint() {
        if (truths == 0) {
            return CocoResult.NONE;
        }
        double sum = 0;
        for (int i = 0; i <= 10; i++) {
            double recall = i * 0.1; // 0.6000000000000001 and not 0.6, as the reference counts
            sum += points.stream()
                    .filter(p -> p.recall() >= recall)
                    .mapToDouble(Point::precision)
                    .max()
                    .orElse(0);
        }
        return sum / 11;
    }

    /** The score above which finds are best taken: where {@link Point#f1} is highest; 0.5 if nothing was found. */
    public double bestThreshold() {
        return points.stream()
                .max((a, b) -> Double.compare(a.f1(), b.f1()))
                .map(Point::score)
                .orElse(0.5);
    }
}
