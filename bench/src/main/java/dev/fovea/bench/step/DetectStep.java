package dev.fovea.bench.step;

import dev.fovea.bench.Workload;
import dev.fovea.data.load.Sample;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Threads;
import dev.fovea.train.detect.DetectTask;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.Picture;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/** Fovea's training step of a detector on pictures of noise, a third wider than high, with objects at fixed places. */
public final class DetectStep implements Workload {
    private static final int OBJECTS = 8;

    private final StepSettings settings;
    private final Detector<?> network;
    private final Optimizer optimizer;
    private final Runnable step;

    public DetectStep(StepSettings settings) {
        this.settings = settings;
        Threads.set(settings.threads());
        Seeds.set(1);
        int width = settings.side() * 4 / 3;
        network = Models.detect(settings.model(), Map.of("min_size", settings.side(), "max_size", width));
        network.channelsLast();
        network.train(true);
        optimizer = FoveaStep.optimizer(network);
        var names =
                IntStream.range(0, network.classes()).mapToObj(i -> "class" + i).toList();
        step = new TaskSteps<>(DetectTask.of(network, names), optimizer, settings.precision())
                .onFixed(noise(names, width));
    }

    private List<Sample> noise(List<String> names, int width) {
        var random = new Random(1);
        return IntStream.range(0, settings.batch())
                .mapToObj(i -> {
                    var pixels = new byte[settings.side() * width * 3];
                    random.nextBytes(pixels);
                    var objects = IntStream.range(0, OBJECTS)
                            .mapToObj(k -> object(k, names.get(k), width))
                            .toList();
                    var picture = Picture.of(
                            Image.wrap(width, settings.side(), 3, pixels), Annotation.NONE.withInstances(objects));
                    return new Sample(i, "noise " + i, picture);
                })
                .toList();
    }

    /** As the other contenders' objects: from a sixteenth of the height to half of it, from the left to the right. */
    private Instance object(int k, String name, int width) {
        float side = settings.side() * (k + 1) / 16f;
        float x = k * (width - side) / OBJECTS;
        float y = (OBJECTS - k) * (settings.side() - side) / OBJECTS;
        return Instance.of(new Label(k, name), new Box(x, y, x + side, y + side));
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
