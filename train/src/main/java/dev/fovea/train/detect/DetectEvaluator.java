package dev.fovea.train.detect;

import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Selection;
import dev.fovea.train.Evaluator;
import dev.fovea.train.detect.DetectEvaluation.Answer;
import dev.fovea.train.metric.DetectionEvaluator;
import java.util.ArrayList;
import java.util.List;

/** Takes what a network finds back into the original pictures, then computes all figures once. */
final class DetectEvaluator implements Evaluator<DetectBatch, DetectEvaluation> {
    private final Detector<?> network;
    private final List<String> classes;
    private final Selection selection;
    private final DetectionEvaluator judge;
    private final List<Answer> answers = new ArrayList<>();

    DetectEvaluator(Detector<?> network, List<String> classes, Selection selection) {
        this.network = network;
        this.classes = classes;
        this.selection = selection;
        judge = new DetectionEvaluator(classes.size());
    }

    @Override
    public void add(DetectBatch batch) {
        var found = network.detect(batch.pictures(), selection);
        for (int i = 0; i < batch.size(); i++) {
            var origin = batch.origins().get(i);
            var detections = FoundObjects.of(found.get(i), origin.geometry(), classes);
            answers.add(new Answer(origin.index(), detections, judge.add(origin.objects(), detections.items())));
        }
    }

    @Override
    public DetectEvaluation compute() {
        if (answers.isEmpty()) {
            throw new IllegalStateException("nothing was evaluated: the split has no readable picture");
        }
        return new DetectEvaluation(classes, judge.compute(), answers);
    }
}
