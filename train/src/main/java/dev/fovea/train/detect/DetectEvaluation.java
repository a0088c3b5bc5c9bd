package dev.fovea.train.detect;

import dev.fovea.train.Evaluation;
import dev.fovea.train.metric.CocoResult;
import dev.fovea.train.metric.DetectionErrors;
import dev.fovea.train.metric.DetectionReport;
import dev.fovea.vision.Detections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What was found on a split.
 *
 * @param report all numbers, as COCO and Pascal VOC compute them
 * @param answers what was found in each picture, in the order they came
 */
public record DetectEvaluation(List<String> classes, DetectionReport report, List<Answer> answers)
        implements Evaluation {
    public DetectEvaluation {
        classes = List.copyOf(classes);
        answers = List.copyOf(answers);
    }

    /**
     * What was found in one picture.
     *
     * @param index its place in the data set
     * @param found in pixels of the original
     */
    public record Answer(int index, Detections found, DetectionErrors errors) {}

    /** How many pictures were looked at. */
    public int samples() {
        return answers.size();
    }

    /**
     * The twelve numbers of COCO: {@code map} (over overlaps 0.5 to 0.95), {@code map50}, {@code map75}, {@code ap_small}, {@code
     * ap_medium}, {@code ap_large}, {@code ar1}, {@code ar10}, {@code ar100}, {@code ar_small}, {@code ar_medium}, {@code ar_large};
     * NaN where there was nothing to find.
     */
    @Override
    public Map<String, Double> figures() {
        CocoResult coco = report.coco();
        var figures = new LinkedHashMap<String, Double>();
        put(figures, "map", coco.ap());
        put(figures, "map50", coco.ap(0.5));
        put(figures, "map75", coco.ap(0.75));
        for (String size : List.of("small", "medium", "large")) {
            put(figures, "ap_" + size, coco.ap(size));
        }
        for (int limit : List.of(1, 10, 100)) {
            put(figures, "ar" + limit, coco.ar(limit));
        }
        for (String size : List.of("small", "medium", "large")) {
            put(figures, "ar_" + size, coco.ar(size));
        }
        return figures;
    }

    private static void put(Map<String, Double> figures, String name, double value) {
        figures.put(name, value == CocoResult.NONE ? Double.NaN : value);
    }

    @Override
    public String primary() {
        return "map";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }
}
