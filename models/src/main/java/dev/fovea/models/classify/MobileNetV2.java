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
import dev.fovea.nn.layer.ReLU6;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * MobileNetV2: "Inverted Residuals and Linear Bottlenecks", Sandler et al. 2018, arXiv 1801.04381. Pictures {@code [N, 3, H, W]} to logits
 * {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal.
 */
public final class MobileNetV2 extends SequentialBackbone {
    /** Wide 1x1, depthwise 3x3, narrow 1x1 without activation; with a shortcut where sizes allow. */
    private static final class InvertedResidual extends Layer {
        private final boolean shortcut;
        private final Sequential conv;

        InvertedResidual(int in, int out, int stride, int expansion) {
            shortcut = stride == 1 && in == out;
            int hidden = in * expansion;
            var layers = new ArrayList<LayerSpec<? extends Layer>>();
            if (expansion != 1) {
                layers.add(convolution(Conv2d.of(in, hidden, 1)));
            }
            layers.add(convolution(
                    Conv2d.of(hidden, hidden, 3).stride(stride).padding(1).groups(hidden)));
            layers.add(Conv2d.of(hidden, out, 1).noBias());
            layers.add(BatchNorm2d.of(out));
            conv = child("conv", Sequential.of(layers));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = conv.call(x);
            if (!shortcut) {
                return residual;
            }
            return isObserved() ? x.add(residual) : residual.addInPlace(x);
        }
    }

    private static LayerSpec<Sequential> convolution(Conv2d.Spec conv) {
        return Sequential.of(conv.noBias(), BatchNorm2d.of(conv.out()), ReLU6.of());
    }

    private final Sequential classifier;
    private final int width;

    private MobileNetV2(ModelOptions options) {
        super(options, 1);
        double multiplier = options.number("width_mult");
        int divisor = options.integer("round_nearest");
        width = roundChannels(1280 * Math.max(1.0, multiplier), divisor);
        addFeatures(steps(options, multiplier, divisor));
        classifier = child(
                "classifier",
                Sequential.of(Dropout.of(options.probability("dropout")), Linear.of(width, options.classes())));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingNormal(c.weight(), Init.Fan.OUT, Init.RELU);
            } else if (module instanceof Linear l) {
                initialise(l);
            }
        }
    }

    private List<Step> steps(ModelOptions options, double multiplier, int divisor) {
        int in = roundChannels(32 * multiplier, divisor);
        var steps = new ArrayList<Step>();
        steps.add(new Step(
                convolution(Conv2d.of(options.inChannels(), in, 3).stride(2).padding(1)), in, 2));
        for (var row : options.rows("inverted_residual_setting")) {
            if (row.size() != 4 || row.stream().anyMatch(v -> v < 1)) {
                throw new IllegalArgumentException(options.spec().name()
                        + ": each row of 'inverted_residual_setting' is [expansion, channels, blocks, stride], got "
                        + row);
            }
            int out = roundChannels(row.get(1) * multiplier, divisor);
            for (int i = 0; i < row.get(2); i++) {
                int from = in;
                int stride = i == 0 ? row.get(3) : 1;
                steps.add(new Step(() -> new InvertedResidual(from, out, stride, row.get(0)), out, stride));
                in = out;
            }
        }
        steps.add(new Step(convolution(Conv2d.of(in, width, 1)), width, 1));
        return steps;
    }

    private static void initialise(Linear linear) {
        Init.normal(linear.weight(), 0, 0.01);
        Init.zeros(linear.bias());
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return features().call(image).adaptiveAvgPool2d(1, 1).flatten(1, -1); // [N, 1280]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classifier.call(embedding(image));
    }

    @Override
    public int embeddingSize() {
        return width;
    }

    @Override
    public Layer head() {
        return classifier.stages().get(1);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace("1", Linear.of(width, newClasses));
        initialise((Linear) head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("head", List.of("classifier.1"));
        return stages;
    }

    /** The paper's table 2: expansion, channels, blocks, stride of the first. */
    private static final List<List<Integer>> TABLE = List.of(
            List.of(1, 16, 1, 1),
            List.of(6, 24, 2, 2),
            List.of(6, 32, 3, 2),
            List.of(6, 64, 4, 2),
            List.of(6, 96, 3, 1),
            List.of(6, 160, 3, 2),
            List.of(6, 320, 1, 1));

    public static List<Architecture<Backbone>> architectures() {
        return List.of(new Architecture<Backbone>(
                "mobilenet_v2",
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.number("width_mult", 1.0, 0.01, "factor on all channel counts"),
                        Option.integer("round_nearest", 8, 1, "channel counts are multiples of it"),
                        Option.rows("inverted_residual_setting", TABLE, "rows [expansion, channels, blocks, stride]"),
                        Option.number("dropout", 0.2, 0, "probability of dropping a value before the head")),
                3_504_872,
                224,
                "torchvision 0.14.1",
                "Sandler et al. 2018, arXiv 1801.04381",
                MobileNetV2::new));
    }

    public static MobileNetV2 mobilenetV2(int classes) {
        return (MobileNetV2) Models.classify("mobilenet_v2", Map.of("classes", classes));
    }
}
