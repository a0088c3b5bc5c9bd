package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.load.Skipped;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Precision;
import dev.fovea.train.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;

/**
 * Self-training with a noisy student (Xie et al. 2020, arXiv 1911.04252): a teacher labels pictures, the student learns from them and from the
 * labelled ones under noise.
 */
final class SelfTraining {
    private static final int BATCH = 64;

    private final ClassifyRecipe recipe;
    private final SplitDatasets data;
    private final Dataset unlabelled;

    /** Opens the unlabelled pictures. */
    SelfTraining(ClassifyRecipe recipe, SplitDatasets data) throws IOException {
        this.recipe = recipe;
        this.data = data;
        if (recipe.data().balance() == ClassifyRecipe.Balance.SAMPLER) {
            throw new IllegalArgumentException(
                    "data.balance sampler does not go with a noisy student, whose pseudo-labels"
                            + " student.balance makes even; leave one of them out");
        }
        unlabelled = ClassifyData.openUnlabelled(
                recipe.student().unlabelled(), recipe.run().seed());
    }

    /** The number of unlabelled pictures. */
    int pictures() {
        return unlabelled.size();
    }

    /** Whether the teacher fits; it is closed again until it is needed. */
    void check() throws IOException {
        Teacher.open("student.teacher", recipe.student().teacher(), data).close();
    }

    /**
     * The student's training pictures. The teacher's answers are kept in the run's folder; a resumed run takes them from there.
     *
     * @param plan in which nothing is open
     * @param skipped gets the pictures that the teacher could not read
     */
    StudentData data(
            RunFolder folder,
            ClassifyPlan plan,
            Device device,
            Precision precision,
            List<Skipped> skipped,
            ClassifyRun.Announcer announcer)
            throws IOException {
        var student = recipe.student();
        int classes = data.classes().size();
        float[][] probabilities;
        if (Files.exists(folder.pseudoLabels())) {
            probabilities = PseudoLabels.read(folder.pseudoLabels(), unlabelled.size(), classes);
        } else {
            probabilities = teach(plan.recipe().data(), device, precision, skipped);
            PseudoLabels.write(folder.pseudoLabels(), probabilities, classes);
        }
        var pseudo = PseudoLabels.of(probabilities, student);
        var all = new StudentData(data.train(), unlabelled, pseudo, student.ratio());
        announcer.announce(String.format(
                Locale.ROOT,
                "student  %,d unlabelled pictures, %,d over confidence %s, %,d taken; %,d visits an epoch",
                unlabelled.size(),
                pseudo.confident(),
                student.confidence(),
                pseudo.chosen().size(),
                all.visits()));
        return all;
    }

    private float[][] teach(ClassifyRecipe.Data loading, Device device, Precision precision, List<Skipped> skipped)
            throws IOException {
        try (var teacher = Teacher.open("student.teacher", recipe.student().teacher(), data)
                .on(device, precision)) {
            var answers = teacher.label(unlabelled, BATCH, loading.workers(), loading.strict());
            skipped.addAll(answers.skipped());
            return answers.probabilities();
        }
    }
}
