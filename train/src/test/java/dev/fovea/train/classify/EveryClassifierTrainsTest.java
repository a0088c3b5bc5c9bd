package dev.fovea.train.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.data.load.Sample;
import dev.fovea.data.scenes.Scenes;
import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.NetworkCost;
import dev.fovea.nn.Init;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Dropout2d;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.nn.optim.AdamW;
import dev.fovea.nn.optim.Optimizer;
import dev.fovea.nn.optim.Sgd;
import dev.fovea.nn.schedule.Schedule;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Precision;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every network of the registry learns: twenty steps on a few generated pictures, of the smallest size that it takes, lower its loss in
 * float32 and in bf16.
 *
 * <p>Unless told otherwise the cheapest network of each paper is trained, with one block a stage where it has such an option; what is
 * large even so is left out. {@code -Dfovea.zoo=all} trains all networks as they are registered, {@code -Dfovea.zoo=vgg.*} those whose
 * name matches.
 */
class EveryClassifierTrainsTest {
    private static final int CLASSES = 3;
    private static final int PICTURES = 8;
    private static final int STEPS = 20;

    /** The loss at the end as a share of that at the beginning. */
    private static final double LOWER = 0.9;

    /** Deep networks without normalisation and shortcuts begin slowly (Simonyan and Zisserman began them from shallower ones). */
    private static final Set<String> SLOW = Set.of("vgg11", "vgg13", "vgg16", "vgg19", "squeezenet1_0");

    private static final double LOWER_SLOWLY = 0.99;

    /** More than this, in the form that would be trained, is too much for every build. */
    private static final long QUICK_PARAMETERS = 8_000_000L;

    /** More than this is trained with fewer layers, and without an optimiser's memory, even then: else the machine's would not do. */
    private static final long LARGEST_PARAMETERS = 250_000_000L;

    /** Options that count layers, in the words of the different references, with small values. */
    private static final Map<String, Object> FEWER_LAYERS =
            Map.of("num_layers", 2, "depth_mult", 0.3, "depth_multiplier", 0.3, "num_features", 64);

    /** Options that list layers for each stage. */
    private static final Set<String> STAGES = Set.of("layers", "depths", "block_config", "stages_repeats");

    private static final Normalize GREY = new Normalize(List.of(0.5f), List.of(0.25f));

    /** Below this little is to be seen. */
    private static final int LEAST_SIDE = 28;

    static Stream<ModelSpec> networks() {
        String wanted = System.getProperty("fovea.zoo", "");
        if (!wanted.isEmpty()) {
            return Models.classifiers().stream()
                    .filter(a -> wanted.equals("all") || a.name().matches(wanted))
                    .map(EveryClassifierTrainsTest::whole);
        }
        return Models.classifiers().stream()
                .collect(Collectors.groupingBy(
                        Architecture::paper,
                        TreeMap::new,
                        Collectors.minBy(Comparator.comparingLong(EveryClassifierTrainsTest::cost))))
                .values()
                .stream()
                .flatMap(Optional::stream)
                .map(EveryClassifierTrainsTest::reduced)
                .filter(EveryClassifierTrainsTest::isQuick);
    }

    private static long cost(Architecture<Backbone> architecture) {
        return NetworkCost.find(architecture).map(NetworkCost::multiplyAdds).orElse(Long.MAX_VALUE);
    }

    /** The network as registered; of the largest, one with fewer layers. */
    private static ModelSpec whole(Architecture<Backbone> architecture) {
        return architecture.parameters() > LARGEST_PARAMETERS
                ? reduced(architecture)
                : ModelSpec.of(architecture.name());
    }

    private static ModelSpec reduced(Architecture<Backbone> architecture) {
        var options = new LinkedHashMap<String, Object>();
        for (var option : architecture.options()) {
            if (STAGES.contains(option.name()) && option.standard() instanceof List<?> stages) {
                options.put(option.name(), Collections.nCopies(stages.size(), 1));
            } else if (FEWER_LAYERS.containsKey(option.name())) {
                options.put(option.name(), FEWER_LAYERS.get(option.name()));
            }
        }
        return new ModelSpec(architecture.name(), options);
    }

    private static boolean isQuick(ModelSpec spec) {
        try (var mode = Init.off();
                var network = Models.build(spec.with("classes", CLASSES))) {
            return network.parameterCount() <= QUICK_PARAMETERS;
        }
    }

    @AfterEach
    void forgetTheSeed() {
        Seeds.set(System.nanoTime());
    }

    @ParameterizedTest
    @MethodSource("networks")
    void twenty_steps_lower_the_loss_in_float32_and_in_bf16(ModelSpec spec) {
        for (var precision : List.of(Precision.FLOAT32, Precision.BFLOAT16)) {
            Seeds.set(1);
            try (var scope = Scope.open();
                    var trained = Trained.of(spec)) {
                double before = trained.loss(precision);
                for (int i = 0; i < STEPS; i++) {
                    trained.step(i, precision);
                }
                double after = trained.loss(precision);
                assertThat(after)
                        .as(
                                "loss after %s steps in %s at %s pixels, before it was %s",
                                STEPS, precision, trained.side, before)
                        .isLessThan((SLOW.contains(spec.name()) ? LOWER_SLOWLY : LOWER) * before);
            }
        }
    }

    /** A network with an optimiser and the batch that it learns. */
    private static final class Trained implements AutoCloseable {
        private final Backbone network;
        private final int side;
        private final ClassifyTask task;
        private final ClassifyBatch batch;
        private final Optimizer optimizer;

        private Trained(Backbone network, int side) {
            this.network = network;
            this.side = side;
            boolean colour = network.inChannels() == 3;
            var preprocessing =
                    new Preprocessing(ResizePolicy.parse("stretch" + side), colour ? Normalize.IMAGENET : GREY);
            task = new ClassifyTask(network, List.of("a", "b", "c"), false, preprocessing, ClassifyLoss.PLAIN);
            batch = task.onDevice(task.collate(samples(side, preprocessing)), Device.CPU);
            optimizer = network.parameterCount() > LARGEST_PARAMETERS / 2
                    ? Sgd.of(0.01).build(network)
                    : AdamW.of(rate(network.spec())).build(network);
        }

        /** At the smallest size that the network takes; one of a single size is built for the smallest that it can be built for. */
        static Trained of(ModelSpec spec) {
            var architecture = Models.get(spec.name());
            boolean ofOneSize =
                    architecture.options().stream().anyMatch(o -> o.name().equals("image_size"));
            var sized = spec.with("classes", CLASSES);
            if (ofOneSize) {
                return first(architecture, side -> new Trained(Models.build(sized.with("image_size", side)), side));
            }
            var network = Models.build(sized);
            return first(architecture, side -> {
                int least = Math.max(side, network.leastTrainingSide());
                tryOut(network, least);
                return new Trained(network, least);
            });
        }

        /** Large transformers leave their starting point for nowhere at the rate of all others, which has no warm-up here. */
        private static double rate(ModelSpec spec) {
            return spec.name().matches("vit_[blh]_.*") ? 1e-4 : 1e-3;
        }

        /** The first size that is not refused. */
        private static Trained first(Architecture<Backbone> architecture, IntFunction<Trained> attempt) {
            String refusal = "";
            for (int side = LEAST_SIDE; side <= Math.max(LEAST_SIDE, architecture.imageSize()); side++) {
                try {
                    return attempt.apply(side);
                } catch (IllegalArgumentException e) {
                    refusal = e.getMessage();
                }
            }
            throw new AssertionError(architecture.name() + " takes no size: " + refusal);
        }

        private static void tryOut(Backbone network, int side) {
            try (var scope = Scope.open();
                    var mode = Grad.off()) {
                network.trainingLogits(Tensor.zeros(2, network.inChannels(), side, side));
            }
        }

        private static List<Sample> samples(int side, Preprocessing preprocessing) {
            var scenes = Scenes.of(Scenes.Options.classify(Size.square(side), 200), Scenes.Split.TRAIN);
            var samples = new ArrayList<Sample>();
            for (int i = 0; samples.size() < PICTURES; i++) {
                if (scenes.label(i).index() < CLASSES) {
                    var picture = Picture.of(scenes.image(i), scenes.annotation(i));
                    samples.add(new Sample(i, scenes.source(i), preprocessing.apply(picture)));
                }
            }
            return samples;
        }

        /** The loss of the batch with nothing left to chance. */
        double loss(Precision precision) {
            network.train(true);
            network.modules().values().stream()
                    .filter(m -> m instanceof Dropout || m instanceof Dropout2d || m instanceof StochasticDepth)
                    .forEach(Module::eval);
            try (var scope = Scope.open();
                    var mode = Grad.off();
                    var active = precision.activate(Device.CPU)) {
                return task.loss(batch, new SplittableRandom(0)).total().item();
            } finally {
                network.train(true);
            }
        }

        void step(int number, Precision precision) {
            try (var scope = Scope.open()) {
                Tensor loss;
                try (var active = precision.activate(Device.CPU)) {
                    loss = task.loss(batch, new SplittableRandom(0)).total();
                }
                loss.backward();
            }
            optimizer.schedule(Schedule.cosine(STEPS), number);
            optimizer.step();
            optimizer.zeroGrad();
        }

        @Override
        public void close() {
            optimizer.close();
            batch.close();
            network.close();
        }
    }
}
