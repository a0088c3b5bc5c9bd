package dev.fovea.train.classify;

import dev.fovea.data.load.Sample;
import dev.fovea.models.Backbone;
import dev.fovea.nn.Layer;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.Evaluator;
import dev.fovea.train.Losses;
import dev.fovea.train.Task;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.TestViews;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Classification: learns from the labels of whole images, by cross-entropy (one class each) or binary cross-entropy (several). */
public final class ClassifyTask implements Task<ClassifyBatch, ClassifyEvaluation> {
    private final Layer network;
    private final List<String> classes;
    private final boolean multiLabel;
    private final Preprocessing preprocessing;
    private final ClassifyLoss loss;
    private final ClassifyCriterion criterion;
    private final TestViews views;

    /** A task whose network learns from labels alone. */
    public ClassifyTask(
            Layer network, List<String> classes, boolean multiLabel, Preprocessing preprocessing, ClassifyLoss loss) {
        this(network, classes, multiLabel, preprocessing, loss, Optional.empty(), TestViews.NONE);
    }

    /**
     * @param distillation what else the network learns from
     * @param views of each picture, whose answers are averaged in judging
     */
    ClassifyTask(
            Layer network,
            List<String> classes,
            boolean multiLabel,
            Preprocessing preprocessing,
            ClassifyLoss loss,
            Optional<Distillation> distillation,
            TestViews views) {
        this.network = network;
        this.classes = List.copyOf(classes);
        this.multiLabel = multiLabel;
        this.preprocessing = preprocessing;
        this.loss = loss;
        this.views = views;
        criterion = new ClassifyCriterion(
                network, this.classes.size(), multiLabel, preprocessing.normalize(), loss, distillation);
    }

    @Override
    public String name() {
        return ClassifyRecipe.TASK;
    }

    @Override
    public Module network() {
        return network;
    }

    /** All but the head's, as the authors of the method do it. */
    @Override
    public Collection<Parameter> adaptivelyClipped() {
        var all = new LinkedHashMap<>(network.parameters());
        if (network instanceof Backbone backbone) {
            var stages = backbone.stages();
            all.keySet().removeAll(stages.get(stages.size() - 1).parameters().keySet());
        }
        return all.values();
    }

    @Override
    public ClassifyBatch collate(List<Sample> samples) {
        return batch(samples, prepared(samples), () -> targets(samples));
    }

    /** A batch whose pictures learn shares of classes, {@code [classes]} for each place in the data set. */
    ClassifyBatch collate(List<Sample> samples, IntFunction<float[]> shares) {
        return batch(samples, prepared(samples), () -> {
            var targets = new float[samples.size() * classes.size()];
            for (int i = 0; i < samples.size(); i++) {
                var own = shares.apply(samples.get(i).index());
                System.arraycopy(own, 0, targets, i * classes.size(), classes.size());
            }
            return Tensor.of(targets, samples.size(), classes.size());
        });
    }

    /** A batch for judging, of pictures as they were read: {@code [N * views, C, H, W]}, a picture's views side by side. */
    ClassifyBatch collateViews(List<Sample> samples) {
        var images = new ArrayList<Image>();
        samples.forEach(s -> images.addAll(views.of(s.picture().image(), preprocessing)));
        return batch(samples, images, () -> targets(samples));
    }

    private static List<Image> prepared(List<Sample> samples) {
        return samples.stream().map(s -> s.picture().image()).toList();
    }

    private ClassifyBatch batch(List<Sample> samples, List<Image> images, Supplier<Tensor> targets) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            return new ClassifyBatch(
                    scope.keep(PictureTensor.of(images, preprocessing)),
                    scope.keep(targets.get()),
                    samples.stream().mapToInt(Sample::index).toArray());
        }
    }

    private Tensor targets(List<Sample> samples) {
        return multiLabel ? manyTargets(samples) : oneTarget(samples);
    }

    private static Tensor oneTarget(List<Sample> samples) {
        var targets = new long[samples.size()];
        for (int i = 0; i < targets.length; i++) {
            targets[i] = samples.get(i).picture().annotation().labels().get(0).index();
        }
        return Tensor.of(targets, targets.length);
    }

    private Tensor manyTargets(List<Sample> samples) {
        var targets = new float[samples.size() * classes.size()];
        for (int i = 0; i < samples.size(); i++) {
            for (Label label : samples.get(i).picture().annotation().labels()) {
                targets[i * classes.size() + label.index()] = 1;
            }
        }
        return Tensor.of(targets, samples.size(), classes.size());
    }

    @Override
    public ClassifyBatch onDevice(ClassifyBatch batch, Device device) {
        return batch.to(device);
    }

    @Override
    public Losses loss(ClassifyBatch batch, RandomGenerator random) {
        return criterion.losses(loss.mix(batch, classes.size(), random));
    }

    @Override
    public Evaluator<ClassifyBatch, ClassifyEvaluation> evaluator() {
        return new ClassifyEvaluator(network, classes, multiLabel, views.count());
    }
}
