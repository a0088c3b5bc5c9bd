package dev.fovea.train.detect;

import dev.fovea.data.Dataset;
import dev.fovea.data.SplitDatasets;
import dev.fovea.data.load.Loader;
import dev.fovea.data.load.Order;
import dev.fovea.data.load.Sample;
import dev.fovea.models.detect.Preparation;
import dev.fovea.train.PictureCaches;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Picture;
import dev.fovea.vision.transform.Augmentation;
import dev.fovea.vision.transform.BoxMixUp;
import dev.fovea.vision.transform.Combining;
import dev.fovea.vision.transform.Mosaic;
import dev.fovea.vision.transform.Transform;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** The loaders of a plan, with the caches of decoded pixels behind them. */
final class DetectLoaders implements AutoCloseable {
    private final DetectPlan plan;
    private final SplitDatasets data;
    private final Augmentation augmentation;
    private final DetectTask<?> task;
    private final PictureCaches caches;
    private volatile boolean closing;

    DetectLoaders(DetectPlan plan, SplitDatasets data, Augmentation augmentation, DetectTask<?> task) {
        this.plan = plan;
        this.data = data;
        this.augmentation = augmentation;
        this.task = task;
        caches = new PictureCaches(
                plan.recipe().data().cache(),
                data.train().size() + data.validation().size());
    }

    Loader<DetectBatch> training() throws IOException {
        int batch = plan.recipe().run().batch();
        int pictures = data.train().size();
        return common(caches.cached(data.train(), "train"), augmented(() -> closing), task::collate)
                .batchSize(batch)
                .order(Order.shuffled())
                // Batch normalisation cannot learn from a last batch of one.
                .dropLast(pictures > batch && pictures % batch == 1);
    }

    /** Whether the next epochs are the last ones, whose pictures are not combined with others. */
    void setClosing(boolean isClosing) {
        closing = isClosing;
    }

    /** What a training picture goes through before the last epochs. */
    Transform changes() {
        return augmented(() -> false);
    }

    /** Only boxes are moved along, since masks and key points are not learned here. */
    private Transform augmented(BooleanSupplier alone) {
        var data = plan.recipe().data();
        var preparation = task.preparation();
        Transform boxesAlone = (picture, random) ->
                new Picture(picture.image().withChannels(3), boxes(picture.annotation()), picture.geometry());
        var all = boxesAlone;
        if (preparation.preparation().rule() instanceof Preparation.TopLeft box) {
            if (data.mosaic() > 0) {
                all = all.then(unless(alone, new Mosaic(box.size(), data.mosaic(), 0.5, 1.5, 0.1, box.fill())));
            }
            if (data.mixup() > 0) {
                all = all.then(unless(alone, new BoxMixUp(data.mixup(), 0.5, 1.5, 0.5)));
            }
        }
        return all.then(augmentation).then((picture, random) -> preparation.resized(picture));
    }

    private static Combining unless(BooleanSupplier alone, Combining change) {
        return (picture, others, random) -> alone.getAsBoolean() ? picture : change.apply(picture, others, random);
    }

    private static Annotation boxes(Annotation annotation) {
        return Annotation.NONE.withInstances(annotation.instances().stream()
                .map(o -> o.withShape(o.box(), Optional.empty(), Optional.empty(), Optional.empty(), o.statedArea()))
                .toList());
    }

    Loader<DetectBatch> validation() throws IOException {
        return evaluation(caches.cached(data.validation(), "validation"));
    }

    Loader<DetectBatch> evaluation(Dataset split) {
        var d = plan.recipe().data();
        return judging(split, task)
                .workers(d.workers())
                .strict(d.strict())
                .batchSize(plan.recipe().run().batch());
    }

    /** Pictures as they are, with their objects where they were in the original. */
    static Loader<DetectBatch> judging(Dataset split, DetectTask<?> task) {
        Transform prepare = (picture, random) -> {
            var resized = task.preparation().resized(picture.image());
            return new Picture(resized.image(), picture.annotation(), resized.geometry());
        };
        return Loader.of(split, prepare, task::collateForJudging);
    }

    private Loader<DetectBatch> common(
            Dataset split, Transform transform, Function<List<Sample>, DetectBatch> collate) {
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
