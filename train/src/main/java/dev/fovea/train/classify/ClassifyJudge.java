package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.load.Loader;
import dev.fovea.data.load.Skipped;
import dev.fovea.train.Trainer;
import java.util.List;

/** Judges a trained classifier on pictures whose classes are known. */
public final class ClassifyJudge {
    private ClassifyJudge() {}

    /** What was found, and what could not be read. */
    public record Judged(ClassifyEvaluation evaluation, List<Skipped> skipped) {}

    /**
     * Looks at all pictures.
     *
     * @param strict whether the first picture that cannot be read is an error
     */
    public static Judged judge(TrainedClassifier classifier, Dataset data, int batch, boolean strict) {
        var preprocessing = classifier.preprocessing();
        var task = new ClassifyTask(
                classifier.network(),
                classifier.classes(),
                classifier.isMultiLabel(),
                preprocessing,
                ClassifyLoss.PLAIN);
        var loader = Loader.of(data, (picture, random) -> preprocessing.apply(picture), task::collate)
                .batchSize(batch)
                .strict(strict);
        var evaluation = Trainer.evaluate(task, loader, classifier.precision(), classifier.device());
        return new Judged(evaluation, loader.skipped());
    }
}
