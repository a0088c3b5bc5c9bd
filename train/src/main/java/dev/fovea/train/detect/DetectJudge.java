package dev.fovea.train.detect;

import dev.fovea.data.Dataset;
import dev.fovea.data.load.Skipped;
import dev.fovea.models.detect.Selection;
import dev.fovea.train.Trainer;
import java.util.List;

/** Judges a trained detector on pictures whose objects are known. */
public final class DetectJudge {
    private DetectJudge() {}

    /** What was found, and what could not be read. */
    public record Judged(DetectEvaluation evaluation, List<Skipped> skipped) {}

    /**
     * Looks at all pictures once, as they are.
     *
     * @param selection which boxes are kept
     * @param batch pictures at a time
     * @param strict whether the first picture that cannot be read is an error
     */
    public static Judged judge(TrainedDetector detector, Dataset data, Selection selection, int batch, boolean strict) {
        var task = DetectTask.of(detector.network(), detector.classes(), selection, VaryingSize.NONE);
        var loader = DetectLoaders.judging(data, task).batchSize(batch).strict(strict);
        var evaluation = Trainer.evaluate(task, loader, detector.precision(), detector.device());
        return new Judged(evaluation, loader.skipped());
    }
}
