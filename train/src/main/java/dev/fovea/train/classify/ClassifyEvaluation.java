package dev.fovea.train.classify;

import dev.fovea.train.Evaluation;
import dev.fovea.train.metric.Calibration;
import dev.fovea.train.metric.ConfusionMatrix;
import dev.fovea.train.metric.RankingCurve;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What was found on a split.
 *
 * @param samples how many pictures were looked at
 * @param loss mean cross-entropy, without smoothing or class weights
 * @param perClass one row a class, in class order
 * @param confusion single-label only
 * @param calibration of the best class's probability (single-label) or of every class's (multi-label)
 * @param answers what was said of each picture, in the order they came
 */
public record ClassifyEvaluation(
        boolean multiLabel,
        int samples,
        double loss,
        double top1,
        double top5,
        List<ClassFigures> perClass,
        Optional<ConfusionMatrix> confusion,
        Calibration calibration,
        List<Answer> answers)
        implements Evaluation {
    public ClassifyEvaluation {
        perClass = List.copyOf(perClass);
        answers = List.copyOf(answers);
    }

    /** The figures of one class, shares 0-1; ranking areas are NaN where the split has no positives or no negatives. */
    public record ClassFigures(
            String name, long support, double precision, double recall, double f1, RankingCurve ranking) {}

    /**
     * What was said of one picture.
     *
     * @param index its place in the data set
     * @param target its class, or -1 for multi-label
     * @param predicted the best class
     * @param confidence the probability of the best class, 0-1
     * @param targetProbability the probability of the right class; for multi-label the lowest that a right class got
     */
    public record Answer(
            int index, int target, int predicted, float confidence, float targetProbability, boolean right) {}

    @Override
    public Map<String, Double> figures() {
        var figures = new LinkedHashMap<String, Double>();
        if (multiLabel) {
            figures.put("map", meanOf(c -> c.ranking().averagePrecision()));
            figures.put("exact", top1);
        } else {
            figures.put("accuracy", top1);
            if (perClass.size() > 5) {
                figures.put("top5", top5);
            }
        }
        figures.put("loss", loss);
        figures.put("precision", meanOf(ClassFigures::precision));
        figures.put("recall", meanOf(ClassFigures::recall));
        figures.put("f1", meanOf(ClassFigures::f1));
        figures.put("roc_auc", meanOf(c -> c.ranking().rocAuc()));
        figures.put("pr_auc", meanOf(c -> c.ranking().averagePrecision()));
        figures.put("ece", calibration.expectedError());
        return figures;
    }

    private double meanOf(java.util.function.ToDoubleFunction<ClassFigures> figure) {
        return perClass.stream()
                .mapToDouble(figure)
                .filter(v -> !Double.isNaN(v))
                .average()
                .orElse(Double.NaN);
    }

    @Override
    public String primary() {
        return multiLabel ? "map" : "accuracy";
    }

    @Override
    public boolean higherIsBetter() {
        return true;
    }
}
