package dev.fovea.train.metric;

import java.util.List;

/**
 * What an evaluation of boxes says.
 *
 * @param coco average precision and recall as COCO computes them
 * @param curves for each class precision and recall at IoU 0.5
 * @param confusion rows are what is there, columns what was found; the last of each is the background: objects nobody found
 *     and finds where nothing is
 * @param minimumScore the score from which on finds are in the confusion matrix and the errors
 */
public record DetectionReport(
        int pictures,
        CocoResult coco,
        List<PrecisionRecall> curves,
        ConfusionMatrix confusion,
        DetectionErrors errors,
        double minimumScore) {
    public DetectionReport {
        curves = List.copyOf(curves);
    }

    /** Mean over classes of the average precision of VOC 2010 on, at IoU 0.5. */
    public double map50() {
        return mean(curves.stream().map(PrecisionRecall::everyPoint).toList());
    }

    /** Mean over classes of the average precision of VOC 2007, at IoU 0.5. */
    public double map50ElevenPoint() {
        return mean(curves.stream().map(PrecisionRecall::elevenPoint).toList());
    }

    private static double mean(List<Double> values) {
        return values.stream()
                .filter(v -> v > CocoResult.NONE)
                .mapToDouble(v -> v)
                .average()
                .orElse(CocoResult.NONE);
    }
}
