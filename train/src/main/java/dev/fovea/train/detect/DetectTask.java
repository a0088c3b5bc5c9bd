package dev.fovea.train.detect;

import dev.fovea.data.load.Sample;
import dev.fovea.models.detect.BoxTargets;
import dev.fovea.models.detect.Criterion;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.Selection;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.Evaluator;
import dev.fovea.train.Losses;
import dev.fovea.train.Task;
import dev.fovea.vision.Box;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Detection: learns from the boxes of objects by the network's own criterion, and is judged as COCO does it. Crowds are not learned from;
 * they are known to the judge, who neither asks for them nor counts what is found in them as wrong.
 *
 * @param <R> raw outputs of the network
 */
public final class DetectTask<R> implements Task<DetectBatch, DetectEvaluation> {
    private final Detector<R> network;
    private final List<String> classes;
    private final PreparedPictures preparation;
    private final Criterion<R> usual;
    private final Criterion<R> closing;
    private final Selection selection;
    private final VaryingSize varying;
    private Criterion<R> criterion;

    DetectTask(Detector<R> network, List<String> classes, Selection selection, VaryingSize varying) {
        if (classes.size() != network.classes()) {
            throw new IllegalArgumentException("the network tells " + network.classes() + " classes apart, but "
                    + classes.size() + " names were given; give one name for each class, in order");
        }
        this.network = network;
        this.classes = List.copyOf(classes);
        this.selection = selection;
        this.varying = varying;
        preparation = new PreparedPictures(network.preparation());
        usual = network.criterion();
        closing = network.closingCriterion();
        criterion = usual;
    }

    /** The task of a network whatever its raw outputs are; boxes are kept as it was published, batches stay in their size. */
    public static DetectTask<?> of(Detector<?> network, List<String> classes) {
        return of(network, classes, network.selection(), VaryingSize.NONE);
    }

    /** The same with a choice of both. */
    static DetectTask<?> of(Detector<?> network, List<String> classes, Selection selection, VaryingSize varying) {
        return new DetectTask<>(network, classes, selection, varying);
    }

    @Override
    public String name() {
        return DetectRecipe.TASK;
    }

    @Override
    public Module network() {
        return network;
    }

    /** Whether the next steps are those of the last epochs, which have a criterion of their own. */
    void setClosing(boolean isClosing) {
        criterion = isClosing ? closing : usual;
    }

    PreparedPictures preparation() {
        return preparation;
    }

    /** A batch to learn from: pictures that {@link PreparedPictures#resized} made, with their objects moved along. */
    @Override
    public DetectBatch collate(List<Sample> samples) {
        return batch(samples, samples.stream().map(DetectTask::learned).toList());
    }

    /** A batch to judge by: pictures that were resized, with their objects where they were in the original. */
    DetectBatch collateForJudging(List<Sample> samples) {
        return batch(samples, samples.stream().map(s -> List.<Instance>of()).toList());
    }

    /** The objects that are learned: those with an area in the picture, without crowds. */
    private static List<Instance> learned(Sample sample) {
        Size size = sample.picture().image().size();
        return sample.picture().annotation().instances().stream()
                .filter(o -> !o.crowd() && o.box().clip(size).area() > 0)
                .toList();
    }

    private DetectBatch batch(List<Sample> samples, List<List<Instance>> learned) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var pictures = preparation.batch(
                    samples.stream().map(s -> s.picture().image()).toList());
            var targets = new ArrayList<BoxTargets>();
            var origins = new ArrayList<DetectBatch.Origin>();
            scope.keep(pictures.pixels());
            for (int i = 0; i < samples.size(); i++) {
                var picture = samples.get(i).picture();
                var target = targets(learned.get(i), picture.image().size());
                scope.keep(target.boxes());
                scope.keep(target.labels());
                targets.add(target);
                origins.add(new DetectBatch.Origin(
                        samples.get(i).index(),
                        picture.geometry(),
                        picture.annotation().instances()));
            }
            return new DetectBatch(pictures, targets, origins);
        }
    }

    private static BoxTargets targets(List<Instance> objects, Size size) {
        var boxes = new float[4 * objects.size()];
        var labels = new long[objects.size()];
        for (int i = 0; i < labels.length; i++) {
            Box box = objects.get(i).box().clip(size);
            boxes[4 * i] = box.x1();
            boxes[4 * i + 1] = box.y1();
            boxes[4 * i + 2] = box.x2();
            boxes[4 * i + 3] = box.y2();
            labels[i] = objects.get(i).label().index();
        }
        return new BoxTargets(Tensor.of(boxes, labels.length, 4), Tensor.of(labels, labels.length));
    }

    @Override
    public DetectBatch onDevice(DetectBatch batch, Device device) {
        return batch.to(device);
    }

    @Override
    public Losses loss(DetectBatch batch, RandomGenerator random) {
        var seen = varying.apply(batch, random);
        var outputs = network.outputs(seen.pictures());
        return new Losses(criterion.losses(outputs, seen.pictures(), seen.targets(), random));
    }

    @Override
    public Evaluator<DetectBatch, DetectEvaluation> evaluator() {
        return new DetectEvaluator(network, classes, selection);
    }
}
