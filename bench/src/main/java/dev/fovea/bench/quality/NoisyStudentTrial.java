package dev.fovea.bench.quality;

import dev.fovea.data.Datasets;
import dev.fovea.train.classify.ClassifyJudge;
import dev.fovea.train.classify.TrainedClassifier;
import dev.fovea.train.recipe.RecipeTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/**
 * One seed of self-training with a noisy student: a teacher that saw the labelled digits alone, and its student. Both are the same small
 * network and learn under the same noise (augmentation with RandAugment, and dropout). Both are judged as they are after their last epoch.
 */
public final class NoisyStudentTrial {
    private static final int TEACHER_EPOCHS = 120;
    private static final int BATCH = 200;
    private static final double RATIO = 7;
    private static final String NOISE = "digits|randaugment(2,9)";

    private final Path mnist;
    private final int labels;
    private final int epochs;
    private final long seed;
    private final int threads;

    /**
     * @param mnist its four files
     * @param labels labelled pictures a class, a tenth of which is held out
     * @param epochs of the student
     */
    public NoisyStudentTrial(Path mnist, int labels, int epochs, long seed, int threads) {
        this.mnist = mnist;
        this.labels = labels;
        this.epochs = epochs;
        this.seed = seed;
        this.threads = threads;
    }

    /**
     * What was found.
     *
     * @param teacher its accuracy on the test pictures, 0-1
     * @param student the same
     * @param seconds of both trainings and of labelling
     */
    public record Found(double teacher, double student, double seconds) {}

    /** Trains both. */
    public Found run(Path folder) throws IOException {
        var chosen = DigitFolder.choose(mnist, labels, seed);
        var digits = chosen.write(folder.resolve("digits"));
        var others = chosen.writeOthers(folder.resolve("others"));
        double begin = System.nanoTime();
        var teacher = Runs.train(recipe(digits).with("run.epochs", TEACHER_EPOCHS), folder.resolve("teacher"));
        var teacherWeights = Runs.lastWeights(teacher.folder());
        var student = Runs.train(
                recipe(digits)
                        .with("run.epochs", epochs)
                        .with("student.teacher", teacherWeights.toString())
                        .with("student.unlabelled", others.toString())
                        .with("student.ratio", RATIO),
                folder.resolve("student"));
        double seconds = (System.nanoTime() - begin) / 1e9;
        return new Found(
                accuracy(teacherWeights, digits), accuracy(Runs.lastWeights(student.folder()), digits), seconds);
    }

    private static double accuracy(Path weights, Path digits) throws IOException {
        try (var classifier = TrainedClassifier.open(weights)) {
            var test = Datasets.openForEvaluation(digits, classifier.classes());
            return ClassifyJudge.judge(classifier, test, BATCH, true)
                    .evaluation()
                    .top1();
        }
    }

    private RecipeTree recipe(Path digits) {
        return Runs.recipe(digits, threads, seed)
                .with("data.augment", NOISE)
                .with("model.name", "simple_cnn")
                .with("model.options", Map.of("arch", "conv16-bn-pool,conv32-bn-pool,fc64-bn,dropout0.3"))
                .with("run.batch", 64);
    }
}
