package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * SqueezeNet: "AlexNet-level accuracy with 50x fewer parameters", Iandola et al. 2016, arXiv 1602.07360. Pictures {@code [N, 3, H, W]} to
 * logits {@code [N, classes]}. The head is a 1x1 convolution whose maps are averaged.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal.
 */
public final class SqueezeNet extends SequentialBackbone {
    private static final int WIDTH = 512;

    /** A narrow 1x1 convolution, then 1x1 and 3x3 convolutions side by side. */
    private static final class Fire extends Layer {
        private final Conv2d squeeze;
        private final ReLU squeezeActivation;
        private final Conv2d expand1x1;
        private final ReLU expand1x1Activation;
        private final Conv2d expand3x3;
        private final ReLU expand3x3Activation;

        Fire(int in, int squeezed, int expanded) {
            squeeze = child("squeeze", Conv2d.of(in, squeezed, 1));
            squeezeActivation = child("squeeze_activation", ReLU.of());
            expand1x1 = child("expand1x1", Conv2d.of(squeezed, expanded, 1));
            expand1x1Activation = child("expand1x1_activation", ReLU.of());
            expand3x3 = child("expand3x3", Conv2d.of(squeezed, expanded, 3).padding(1));
            expand3x3Activation = child("expand3x3_activation", ReLU.of());
        }

        @Override
        protected Tensor forward(Tensor x) {
            var squeezed = chain(x, squeeze, squeezeActivation);
            var narrow = chain(squeezed, expand1x1, expand1x1Activation);
            var wide = chain(squeezed, expand3x3, expand3x3Activation);
            return Tensor.cat(List.of(narrow, wide), 1);
        }
    }

    private final Sequential classifier;

    private SqueezeNet(ModelOptions options) {
        super(options, options.text("version").equals("1_0") ? 21 : 17);
        boolean first = options.text("version").equals("1_0");
        int in = first ? 96 : 64;
        var stem = Conv2d.of(options.inChannels(), in, first ? 7 : 3).stride(2);
        var steps = new ArrayList<>(List.of(new Step(stem, in, 2), new Step(ReLU.of(), in, 1)));
        for (int squeezed : first ? VERSION_1_0 : VERSION_1_1) {
            if (squeezed == POOL) {
                steps.add(new Step(MaxPool2d.of(3).stride(2).ceilMode(), in, 2));
            } else {
                int from = in;
                in = squeezed * 8;
                steps.add(new Step(() -> new Fire(from, squeezed, squeezed * 4), in, 1));
            }
        }
        addFeatures(steps);
        classifier = child(
                "classifier",
                Sequential.of(
                        Dropout.of(options.probability("dropout")),
                        Conv2d.of(WIDTH, options.classes(), 1),
                        ReLU.of(),
                        AdaptiveAvgPool2d.of(1)));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingUniform(c.weight(), Init.Fan.IN, Init.RELU);
                Init.zeros(c.bias());
            }
        }
        initialise((Conv2d) head());
    }

    private static void initialise(Conv2d head) {
        Init.normal(head.weight(), 0, 0.01);
        Init.zeros(head.bias());
    }

    /** Means over the last maps. The head is trained on the maps themselves, so it does not fit these vectors. */
    @Override
    protected Tensor embedding(Tensor image) {
        return features().call(image).adaptiveAvgPool2d(1, 1).flatten(1, -1); // [N, 512]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(image, features(), classifier).flatten(1, -1);
    }

    @Override
    public int embeddingSize() {
        return WIDTH;
    }

    @Override
    public Layer head() {
        return classifier.stages().get(1);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace("1", Conv2d.of(WIDTH, newClasses, 1));
        initialise((Conv2d) head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("head", List.of("classifier.1"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final int POOL = 0;

    /** Channels after the squeeze of each fire module (its output has 8 times as many), and poolings. */
    private static final int[] VERSION_1_0 = {POOL, 16, 16, 32, POOL, 32, 48, 48, 64, POOL, 64};

    private static final int[] VERSION_1_1 = {POOL, 16, 16, POOL, 32, 32, POOL, 48, 48, 64, 64};

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.choice("version", List.of("1_0", "1_1"), "1_0 as in the paper; 1_1 pools earlier and costs less"),
            Option.number("dropout", 0.5, 0, "probability of dropping a value before the head"));

    public static List<Architecture<Backbone>> architectures() {
        var first = new Architecture<Backbone>(
                "squeezenet1_0",
                OPTIONS,
                1_248_424,
                224,
                "torchvision 0.14.1",
                "Iandola et al. 2016, arXiv 1602.07360",
                SqueezeNet::new);
        return List.of(first, first.variant("squeezenet1_1", 1_235_496, Map.of("version", "1_1")));
    }
}
