package dev.fovea.bench.step;

import dev.fovea.bench.Workload;
import dev.fovea.data.load.Sample;
import dev.fovea.models.Backbone;
import dev.fovea.models.Models;
import dev.fovea.nn.Module;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.nn.optim.ParameterGroup;
import dev.fovea.nn.optim.Sgd;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Threads;
import dev.fovea.train.classify.ClassifyLoss;
import dev.fovea.train.classify.ClassifyTask;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Picture;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Fovea's training step on pictures of noise. */
public final class FoveaStep implements Workload {
    private final StepSettings settings;
    private final Backbone network;
    private final Optimizer optimizer;
    private final Runnable step;

    public FoveaStep(StepSettings settings) {
        this.settings = settings;
        Threads.set(settings.threads());
        Seeds.set(1);
        network = network(settings);
        optimizer = optimizer(network);
        var task = task(network, classNames(), settings.side());
        step = new TaskSteps<>(task, optimizer, settings.precision()).onFixed(noise(settings));
    }

    /** The network in training, laid out as the training command does. */
    public static Backbone network(StepSettings settings) {
        var network = Models.classify(settings.model(), Map.of("classes", StepSettings.CLASSES));
        network.channelsLast();
        network.train(true);
        return network;
    }

    /** The optimiser of all contenders. */
    public static Optimizer optimizer(Module network) {
        return Sgd.of(StepSettings.LEARNING_RATE)
                .momentum(StepSettings.MOMENTUM)
                .build(ParameterGroup.all(network));
    }

    /** Classification of RGB pictures, normalised with ImageNet's statistics. */
    public static ClassifyTask task(Backbone network, List<String> classes, int side) {
        var preprocessing = new Preprocessing(ResizePolicy.evaluation(side), Normalize.IMAGENET);
        return new ClassifyTask(network, classes, false, preprocessing, ClassifyLoss.PLAIN);
    }

    private static List<String> classNames() {
        return IntStream.range(0, StepSettings.CLASSES)
                .mapToObj(i -> "class" + i)
                .toList();
    }

    private static List<Sample> noise(StepSettings settings) {
        var random = new Random(1);
        return IntStream.range(0, settings.batch())
                .mapToObj(i -> {
                    var pixels = new byte[settings.side() * settings.side() * 3];
                    random.nextBytes(pixels);
                    int target = random.nextInt(StepSettings.CLASSES);
                    var picture = Picture.of(
                            Image.wrap(settings.side(), settings.side(), 3, pixels),
                            Annotation.ofLabels(List.of(new Label(target, "class" + target))));
                    return new Sample(i, "noise " + i, picture);
                })
                .toList();
    }

    @Override
    public String description() {
        return "Fovea, channels-last, fused SGD";
    }

    @Override
    public long run(int repetitions) {
        for (int i = 0; i < repetitions; i++) {
            step.run();
        }
        return (long) repetitions * settings.batch();
    }

    @Override
    public void close() {
        optimizer.close();
        network.close();
    }
}
