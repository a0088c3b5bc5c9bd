package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.load.Loader;
import dev.fovea.data.load.Skipped;
import dev.fovea.train.Trainer;
import dev.fovea.vision.transform.TestViews;
import java.util.List;
import java.util.Optional;

/** Judges a trained classifier on pictures whose classes are known. */
public final class ClassifyJudge {
    private ClassifyJudge() {}

    /** What was found, and what could not be read. */
    public record Judged(ClassifyEvaluation evaluation, List<Skipped> skipped) {}

    /**
     * Looks at all pictures once, as they are.
     *
     * @param strict whether the first picture that cannot be read is an error
     */
    public static Judged judge(TrainedClassifier classifier, Dataset data, int batch, boolean strict) {
        return judge(classifier, data, batch, strict, TestViews.NONE);
    }

    /**
     * Looks at all pictures.
     *
     * @param batch pictures at a time; each counts with all its views
     * @param strict whether the first picture that cannot be read is an error
     * @param views of each picture, whose probabilities are averaged
     */
    public static Judged judge(TrainedClassifier classifier, Dataset data, int batch, boolean strict, TestViews views) {
        var task = new ClassifyTask(
                classifier.network(),
                classifier.classes(),
                classifier.isMultiLabel(),
                classifier.preprocessing(),
                ClassifyLoss.PLAIN,
                Optional.empty(),
                views);
        var loader = Loader.of(data, (picture, random) -> picture, task::collateViews)
                .batchSize(batch)
                .strict(strict);
        var evaluation = Trainer.evaluate(task, loader, classifier.precision(), classifier.device());
        return new Judged(evaluation, loader.skipped());
    }
}
