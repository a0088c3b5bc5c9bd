package dev.fovea.train.classify;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.load.Loader;
import dev.fovea.data.load.Order;
import dev.fovea.data.load.Sample;
import dev.fovea.train.PictureCaches;
import dev.fovea.vision.transform.Augmentation;
import dev.fovea.vision.transform.Transform;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The loaders of a plan, with the caches of decoded pixels behind them. */
final class ClassifyLoaders implements AutoCloseable {
    private final ClassifyPlan plan;
    private final SplitDatasets data;
    private final Transform training;
    private final ClassifyTask task;
    private final Optional<StudentData> student;
    private final PictureCaches caches;

    /**
     * @param student what is trained on in place of the data's own training part
     */
    ClassifyLoaders(
            ClassifyPlan plan,
            SplitDatasets data,
            Augmentation augmentation,
            ClassifyTask task,
            Optional<StudentData> student) {
        this.plan = plan;
        this.data = data;
        this.training = new TrainingTransform(plan.preprocessing(), augmentation);
        this.task = task;
        this.student = student;
        caches = new PictureCaches(
                plan.recipe().data().cache(),
                learned().size() + data.validation().size());
    }

    Loader<ClassifyBatch> training() throws IOException {
        var recipe = plan.recipe();
        int visits = student.map(StudentData::visits).orElse(data.train().size());
        Function<List<Sample>, ClassifyBatch> collate =
                student.isPresent() ? samples -> task.collate(samples, student.get()::shares) : task::collate;
        return common(caches.cached(learned(), "train"), training, collate)
                .batchSize(recipe.run().batch())
                // Judging decodes in full, as the reference does; training may save the time.
                .decodeAtLeast(plan.preprocessing().resize().atLeast())
                .order(order())
                // Batch normalisation cannot learn from a last batch of one.
                .dropLast(visits > recipe.run().batch() && visits % recipe.run().batch() == 1);
    }

    private Dataset learned() {
        return student.isPresent() ? student.get() : data.train();
    }

    private Order order() {
        if (student.isPresent()) {
            return student.get().order();
        }
        return plan.recipe().data().balance() == ClassifyRecipe.Balance.SAMPLER
                ? Order.balanced(data.train())
                : Order.shuffled();
    }

    Loader<ClassifyBatch> validation() throws IOException {
        return evaluation(caches.cached(data.validation(), "validation"));
    }

    Loader<ClassifyBatch> evaluation(Dataset split) {
        Transform prepare = (picture, random) -> plan.preprocessing().apply(picture);
        return common(split, prepare, task::collate)
                .batchSize(Math.max(32, plan.recipe().run().batch()));
    }

    private Loader<ClassifyBatch> common(
            Dataset split, Transform transform, Function<List<Sample>, ClassifyBatch> collate) {
        var d = plan.recipe().data();
        return Loader.of(split, transform, collate)
                .workers(d.workers())
                .seed(plan.recipe().run().seed())
                .strict(d.strict());
    }

    @Override
    public void close() throws IOException {
        caches.close();
    }
}
