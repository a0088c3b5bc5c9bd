package dev.fovea.train.classify;

import dev.fovea.data.load.Sample;
import dev.fovea.models.Backbone;
import dev.fovea.nn.Layer;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.train.Evaluator;
import dev.fovea.train.Losses;
import dev.fovea.train.Task;
import dev.fovea.vision.Label;
import dev.fovea.vision.transform.Preprocessing;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.random.RandomGenerator;

/** Classification: learns from the labels of whole images, by cross-entropy (one class each) or binary cross-entropy (several). */
public final class ClassifyTask implements Task<ClassifyBatch, ClassifyEvaluation> {
    private final Layer network;
    private final List<String> classes;
    private final boolean multiLabel;
    private final Preprocessing preprocessing;
    private final ClassifyLoss loss;

    public ClassifyTask(
            Layer network, List<String> classes, boolean multiLabel, Preprocessing preprocessing, ClassifyLoss loss) {
        this.network = network;
        this.classes = List.copyOf(classes);
        this.multiLabel = multiLabel;
        this.preprocessing = preprocessing;
        this.loss = loss;
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
        int n = samples.size();
        var size = preprocessing.size();
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var images = Tensor.zeros(n, preprocessing.channels(), size.height(), size.width());
            var floats = images.asByteBuffer().asFloatBuffer();
            int length = floats.capacity() / n;
            var indices = new int[n];
            for (int i = 0; i < n; i++) {
                var sample = samples.get(i);
                indices[i] = sample.index();
                preprocessing.normalize().apply(sample.picture().image(), floats, i * length);
            }
            var targets = multiLabel ? manyTargets(samples) : oneTarget(samples);
            return new ClassifyBatch(scope.keep(images.channelsLast()), scope.keep(targets), indices);
        }
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
        var mixed = loss.mix(batch, classes.size(), random);
        if (!(network instanceof Backbone backbone)) {
            return Losses.of("loss", loss(network.call(mixed.images()), mixed.targets()));
        }
        var said = backbone.trainingLogits(mixed.images());
        var terms = new LinkedHashMap<String, Tensor>();
        terms.put("loss", loss(said.logits(), mixed.targets()));
        said.auxiliary()
                .forEach(a ->
                        terms.put(a.name(), loss(a.logits(), mixed.targets()).mul(a.weight())));
        return new Losses(terms);
    }

    private Tensor loss(Tensor logits, Tensor targets) {
        return loss.compute(logits.to(DType.FLOAT32), targets, multiLabel);
    }

    @Override
    public Evaluator<ClassifyBatch, ClassifyEvaluation> evaluator() {
        return new ClassifyEvaluator(network, classes, multiLabel);
    }
}
