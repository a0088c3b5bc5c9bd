package dev.fovea.train.classify;

import dev.fovea.nn.Layer;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.Evaluator;
import dev.fovea.train.classify.ClassifyEvaluation.Answer;
import dev.fovea.train.classify.ClassifyEvaluation.ClassFigures;
import dev.fovea.train.metric.Calibration;
import dev.fovea.train.metric.ConfusionMatrix;
import dev.fovea.train.metric.RankingCurve;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Collects probabilities and answers, then computes all figures once. */
final class ClassifyEvaluator implements Evaluator<ClassifyBatch, ClassifyEvaluation> {
    private final Layer network;
    private final List<String> classes;
    private final boolean multiLabel;
    private final int views;
    private final List<float[]> probabilities = new ArrayList<>();
    private final List<boolean[]> truths = new ArrayList<>();
    private final List<Answer> answers = new ArrayList<>();
    private final Calibration calibration = new Calibration();
    private double lossSum;
    private long top5;

    /**
     * @param views how many pictures in a row of a batch are one, whose probabilities are averaged
     */
    ClassifyEvaluator(Layer network, List<String> classes, boolean multiLabel, int views) {
        this.network = network;
        this.classes = classes;
        this.multiLabel = multiLabel;
        this.views = views;
    }

    @Override
    public void add(ClassifyBatch batch) {
        int n = classes.size();
        float[] scores;
        float[] logProbabilities;
        float[] targets;
        try (var scope = Scope.open()) {
            Tensor logits = network.call(batch.images()).to(DType.FLOAT32);
            Tensor log = mean(multiLabel ? logits.logSigmoid() : logits.logSoftmax(1));
            logProbabilities = log.toFloatArray();
            scores = (views > 1 ? log.exp() : multiLabel ? logits.sigmoid() : logits.softmax(1)).toFloatArray();
            targets = batch.targets().to(DType.FLOAT32).toFloatArray();
            if (multiLabel) {
                // 1 - sigmoid(x) = sigmoid(-x)
                var logOfNot = mean(logits.neg().logSigmoid()).toFloatArray();
                lossSum -= multiLabelLogLikelihood(logProbabilities, logOfNot, targets);
            }
        }
        for (int i = 0; i < batch.size(); i++) {
            var p = new float[n];
            System.arraycopy(scores, i * n, p, 0, n);
            var truth = new boolean[n];
            if (multiLabel) {
                for (int c = 0; c < n; c++) {
                    truth[c] = targets[i * n + c] > 0.5f;
                }
            } else {
                truth[(int) targets[i]] = true;
                lossSum -= logProbabilities[i * n + (int) targets[i]];
            }
            record(batch.indices()[i], p, truth, multiLabel ? -1 : (int) targets[i]);
        }
    }

    /** The logarithm of the views' mean probabilities, {@code [N * views, classes]} to {@code [N, classes]}. */
    private Tensor mean(Tensor logProbabilities) {
        return views == 1
                ? logProbabilities
                : logProbabilities
                        .reshape(-1, views, classes.size())
                        .logsumexp(false, 1)
                        .sub(Math.log(views));
    }

    private double multiLabelLogLikelihood(float[] log, float[] logOfNot, float[] targets) {
        double sum = 0;
        for (int i = 0; i < log.length; i++) {
            sum += targets[i] * log[i] + (1.0 - targets[i]) * logOfNot[i];
        }
        return sum / classes.size();
    }

    private void record(int index, float[] p, boolean[] truth, int target) {
        int best = 0;
        for (int c = 1; c < p.length; c++) {
            if (p[c] > p[best]) {
                best = c;
            }
        }
        float lowestRight = 1;
        boolean right = true;
        for (int c = 0; c < p.length; c++) {
            if (truth[c]) {
                lowestRight = Math.min(lowestRight, p[c]);
            }
            if (multiLabel) {
                right &= truth[c] == p[c] >= 0.5f;
                calibration.add(p[c], truth[c]);
            }
        }
        if (!multiLabel) {
            right = best == target;
            calibration.add(p[best], right);
            int above = 0;
            for (int c = 0; c < p.length; c++) {
                if (p[c] > p[target] || (p[c] == p[target] && c < target)) {
                    above++;
                }
            }
            if (above < 5) {
                top5++;
            }
        }
        answers.add(new Answer(index, target, best, p[best], lowestRight, right));
        probabilities.add(p);
        truths.add(truth);
    }

    @Override
    public ClassifyEvaluation compute() {
        int samples = answers.size();
        if (samples == 0) {
            throw new IllegalStateException("nothing was evaluated: the split has no readable picture");
        }
        double correct = answers.stream().filter(Answer::right).count();
        var confusion = multiLabel ? Optional.<ConfusionMatrix>empty() : Optional.of(confusion());
        var perClass = new ArrayList<ClassFigures>();
        for (int c = 0; c < classes.size(); c++) {
            perClass.add(figures(c));
        }
        return new ClassifyEvaluation(
                multiLabel,
                samples,
                lossSum / samples,
                correct / samples,
                (double) top5 / samples,
                perClass,
                confusion,
                calibration,
                answers);
    }

    private ConfusionMatrix confusion() {
        var matrix = new ConfusionMatrix(classes.size());
        answers.forEach(a -> matrix.add(a.target(), a.predicted()));
        return matrix;
    }

    /** One class against the rest: predicted where it is the best (single-label) or over one half (multi-label). */
    private ClassFigures figures(int c) {
        var scores = new float[answers.size()];
        var positive = new boolean[answers.size()];
        var binary = new ConfusionMatrix(2);
        for (int i = 0; i < scores.length; i++) {
            scores[i] = probabilities.get(i)[c];
            positive[i] = truths.get(i)[c];
            boolean said = multiLabel ? scores[i] >= 0.5f : answers.get(i).predicted() == c;
            binary.add(positive[i] ? 1 : 0, said ? 1 : 0);
        }
        return new ClassFigures(
                classes.get(c),
                binary.support(1),
                binary.precision(1),
                binary.recall(1),
                binary.f1(1),
                RankingCurve.of(scores, positive));
    }
}
