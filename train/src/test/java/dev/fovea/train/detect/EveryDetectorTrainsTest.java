package dev.fovea.train.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.data.load.Sample;
import dev.fovea.data.scenes.Scenes;
import dev.fovea.models.Architecture;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.detect.Detector;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.optim.AdamW;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every detector of the registry learns: some steps on a few generated pictures, one of them without objects, lower its loss.
 *
 * <p>Unless told otherwise the smallest detector of each family (one paper, one list of options) is trained in a small form.
 * {@code -Dfovea.zoo=all} trains all detectors as they are registered, {@code -Dfovea.zoo=yolo.*} those whose name matches.
 */
class EveryDetectorTrainsTest {
    private static final int PICTURES = 3;
    private static final int STEPS = 15;
    private static final int SIDE = 64;

    /** The loss at the end as a share of that at the beginning. */
    private static final double LOWER = 0.9;

    /**
     * Left out of every build: what takes pictures of 300 pixels alone and has no smaller form, published networks on pyramids of 256
     * channels, whose parts are trained with fewer, and transformers, which learn slowly and whose own tests train them.
     */
    private static final String SLOW = "ssd300_vgg16|.*_fpn.*|.*detr.*";

    private static final String SMALL_BACKBONE = "mobilenet_v2(width_mult=0.2)";

    /** Options that say how large a network is, in the words of the different references, with small values. */
    private static final Map<String, Object> SMALLER = Map.ofEntries(
            Map.entry("width", 0.25),
            Map.entry("neck_channels", 32),
            Map.entry("hidden", 32),
            Map.entry("channels", 16),
            Map.entry("grid", 2),
            Map.entry("dropout", 0.0),
            Map.entry("warped_size", 32),
            Map.entry("context", 2),
            Map.entry("box_batch_size_per_image", 16),
            Map.entry("min_size", SIDE),
            Map.entry("max_size", SIDE),
            Map.entry("image_size", SIDE),
            Map.entry("size", List.of(SIDE, SIDE)));

    static Stream<ModelSpec> networks() {
        String wanted = System.getProperty("fovea.zoo", "");
        if (!wanted.isEmpty()) {
            return Models.detectors().stream()
                    .filter(a -> wanted.equals("all") || a.name().matches(wanted))
                    .map(a -> ModelSpec.of(a.name()));
        }
        var smallest = new LinkedHashMap<String, Architecture<Detector<?>>>();
        for (var a : Models.detectors()) {
            if (a.name().matches(SLOW)) {
                continue;
            }
            String family = a.paper() + a.options().stream().map(Option::name).toList();
            smallest.merge(family, a, (x, y) -> x.parameters() <= y.parameters() ? x : y);
        }
        return smallest.values().stream().map(EveryDetectorTrainsTest::reduced);
    }

    private static ModelSpec reduced(Architecture<Detector<?>> architecture) {
        var options = new LinkedHashMap<String, Object>();
        for (var option : architecture.options()) {
            if (SMALLER.containsKey(option.name())) {
                options.put(option.name(), SMALLER.get(option.name()));
            } else if (option.name().equals("backbone")) {
                smallBackbone(option).ifPresent(b -> options.put("backbone", b));
            }
        }
        return new ModelSpec(architecture.name(), options);
    }

    /** A smaller one where any classifier will do, or the smallest that may be chosen. */
    private static Optional<Object> smallBackbone(Option option) {
        if (option.choices().contains("resnet18")) {
            return Optional.of("resnet18");
        }
        boolean classifier = Models.find(String.valueOf(option.standard())).isPresent();
        return classifier && option.choices().isEmpty() ? Optional.of(SMALL_BACKBONE) : Optional.empty();
    }

    @ParameterizedTest
    @MethodSource("networks")
    void steps_lower_the_loss(ModelSpec spec) {
        Seeds.set(1);
        var scenes = Scenes.of(Scenes.Options.scene(Size.square(SIDE), PICTURES), Scenes.Split.TRAIN);
        var classes = scenes.classes();
        try (var network = Models.buildDetector(spec.with("classes", classes.size()))) {
            var task = DetectTask.of(network, classes, network.selection(), VaryingSize.NONE);
            try (var batch = task.onDevice(task.collate(samples(scenes, task)), Device.CPU);
                    var optimizer = AdamW.of(1e-3).build(network)) {
                double before = loss(task, batch);
                for (int i = 0; i < STEPS; i++) {
                    try (var scope = Scope.open()) {
                        task.loss(batch, new SplittableRandom(i)).total().backward();
                    }
                    optimizer.step();
                    optimizer.zeroGrad();
                }
                assertThat(loss(task, batch))
                        .as("loss after %s steps, before it was %s", STEPS, before)
                        .isLessThan(LOWER * before);
            }
        }
    }

    private static List<Sample> samples(Scenes scenes, DetectTask<?> task) {
        var samples = new ArrayList<Sample>();
        for (int i = 0; i < PICTURES; i++) {
            var picture = task.preparation().resized(Picture.of(scenes.image(i), scenes.annotation(i)));
            samples.add(new Sample(i, scenes.source(i), picture));
        }
        var empty = Image.filled(SIDE, SIDE, 90, 120, 150);
        samples.add(new Sample(PICTURES, scenes.source(0), task.preparation().resized(empty)));
        return Collections.unmodifiableList(samples);
    }

    /** The loss of the batch, its samples drawn as at first. */
    private static double loss(DetectTask<?> task, DetectBatch batch) {
        var network = task.network();
        network.modules().values().stream().filter(Dropout.class::isInstance).forEach(Module::eval);
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            return task.loss(batch, new SplittableRandom(0)).total().item();
        } finally {
            network.train(true);
        }
    }
}
