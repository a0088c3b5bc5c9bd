package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * MNASNet B1: "MnasNet: Platform-Aware Neural Architecture Search for Mobile", Tan et al. 2018, arXiv 1807.11626. Pictures
 * {@code [N, 3, H, W]} to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause), second version, whose stem is scaled too: names, shapes, initial values and
 * outputs are equal. Batch normalisation has momentum 0.0003,
 * too little for what it keeps to be right after fewer than ten thousand steps.
 */
public final class MnasNet extends SequentialBackbone {
    private static final double MOMENTUM = 1 - 0.9997; // the paper's decay

    private static LayerSpec<BatchNorm2d> norm(int channels, double momentum) {
        return BatchNorm2d.of(channels).momentum(momentum);
    }

    /** Wide 1x1, depthwise, narrow 1x1 without activation; with a shortcut where sizes allow. */
    private static final class InvertedResidual extends Layer {
        private final boolean shortcut;
        private final Sequential layers;

        InvertedResidual(int in, int out, int kernel, int stride, int expansion, double momentum) {
            shortcut = stride == 1 && in == out;
            int hidden = in * expansion;
            layers = child(
                    "layers",
                    Sequential.of(
                            Conv2d.of(in, hidden, 1).noBias(),
                            norm(hidden, momentum),
                            ReLU.of(),
                            Conv2d.of(hidden, hidden, kernel)
                                    .stride(stride)
                                    .padding(kernel / 2)
                                    .groups(hidden)
                                    .noBias(),
                            norm(hidden, momentum),
                            ReLU.of(),
                            Conv2d.of(hidden, out, 1).noBias(),
                            norm(out, momentum)));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = layers.call(x);
            if (!shortcut) {
                return residual;
            }
            return isObserved() ? residual.add(x) : residual.addInPlace(x);
        }
    }

    private static final int WIDTH = 1280;
    private final Sequential classifier;

    private MnasNet(ModelOptions options) {
        super(options, 1);
        addFeatures("layers", STEM, steps(options.inChannels(), options.number("alpha"), options.number("momentum")));
        classifier = child(
                "classifier",
                Sequential.of(Dropout.of(options.probability("dropout")), Linear.of(WIDTH, options.classes())));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingNormal(c.weight(), Init.Fan.OUT, Init.RELU);
            } else if (module instanceof Linear l) {
                initialise(l);
            }
        }
    }

    /** Layers before the first block. */
    private static final int STEM = 8;

    private static List<Step> steps(int inChannels, double alpha, double momentum) {
        int stem = roundChannels(32 * alpha, 8);
        int in = roundChannels(16 * alpha, 8);
        var steps = new ArrayList<Step>();
        steps.add(new Step(Conv2d.of(inChannels, stem, 3).stride(2).padding(1).noBias(), stem, 2));
        steps.add(new Step(norm(stem, momentum), stem, 1));
        steps.add(new Step(ReLU.of(), stem, 1));
        steps.add(new Step(Conv2d.of(stem, stem, 3).padding(1).groups(stem).noBias(), stem, 1));
        steps.add(new Step(norm(stem, momentum), stem, 1));
        steps.add(new Step(ReLU.of(), stem, 1));
        steps.add(new Step(Conv2d.of(stem, in, 1).noBias(), in, 1));
        steps.add(new Step(norm(in, momentum), in, 1));
        for (int[] row : TABLE) {
            int out = roundChannels(row[0] * alpha, 8);
            var blocks = new ArrayList<LayerSpec<InvertedResidual>>();
            for (int i = 0; i < row[4]; i++) {
                int from = i == 0 ? in : out;
                int stride = i == 0 ? row[2] : 1;
                blocks.add(() -> new InvertedResidual(from, out, row[1], stride, row[3], momentum));
            }
            steps.add(new Step(Sequential.of(blocks), out, row[2]));
            in = out;
        }
        steps.add(new Step(Conv2d.of(in, WIDTH, 1).noBias(), WIDTH, 1));
        steps.add(new Step(norm(WIDTH, momentum), WIDTH, 1));
        steps.add(new Step(ReLU.of(), WIDTH, 1));
        return steps;
    }

    private static void initialise(Linear linear) {
        Init.kaimingUniform(linear.weight(), Init.Fan.OUT, Init.LINEAR);
        Init.zeros(linear.bias());
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return features().call(image).mean(false, 2, 3); // [N, 1280]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classifier.call(embedding(image));
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
        classifier.replace("1", Linear.of(WIDTH, newClasses));
        initialise((Linear) head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("head", List.of("classifier.1"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** channels, kernel, stride of the first block, expansion, blocks. */
    private static final int[][] TABLE = {
        {24, 3, 2, 3, 3},
        {40, 5, 2, 3, 3},
        {80, 5, 2, 6, 3},
        {96, 3, 1, 6, 2},
        {192, 5, 2, 6, 4},
        {320, 3, 1, 6, 1},
    };

    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("mnasnet0_5", 0.5, 2_218_512),
                variant("mnasnet0_75", 0.75, 3_170_208),
                variant("mnasnet1_0", 1.0, 4_383_312),
                variant("mnasnet1_3", 1.3, 6_282_256));
    }

    private static Architecture<Backbone> variant(String name, double alpha, long parameters) {
        return new Architecture<Backbone>(
                name,
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.number("alpha", alpha, 0.01, "factor on all channel counts but the last"),
                        Option.number("dropout", 0.2, 0, "probability of dropping a value before the head"),
                        Option.number(
                                "momentum",
                                MOMENTUM,
                                0,
                                "of batch normalisation; in short trainings from scratch use 0.1")),
                parameters,
                224,
                "torchvision 0.14.1",
                "Tan et al. 2018, arXiv 1807.11626",
                MnasNet::new);
    }

    public static MnasNet mnasnet10(int classes) {
        return (MnasNet) Models.classify("mnasnet1_0", Map.of("classes", classes));
    }
}
