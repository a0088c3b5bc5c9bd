package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Hardsigmoid;
import dev.fovea.nn.layer.Hardswish;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * MobileNetV3: "Searching for MobileNetV3", Howard et al. 2019, arXiv 1905.02244. Pictures {@code [N, 3, H, W]} to logits
 * {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Batch normalisation has
 * eps 0.001 and momentum 0.01.
 */
public final class MobileNetV3 extends SequentialBackbone {
    /** One row of the paper's tables, with channels already scaled. */
    private record Row(
            int in, int kernel, int expanded, int out, boolean squeeze, boolean hardswish, int stride, int dilation) {
        /** Dilated blocks do not stride. */
        int effectiveStride() {
            return dilation > 1 ? 1 : stride;
        }
    }

    /** Wide 1x1, depthwise, squeeze and excitation, narrow 1x1 without activation; with a shortcut where sizes allow. */
    private static final class InvertedResidual extends Layer {
        private final boolean shortcut;
        private final Sequential block;

        InvertedResidual(Row row) {
            shortcut = row.stride == 1 && row.in == row.out;
            LayerSpec<? extends Layer> activation = row.hardswish ? Hardswish.of() : ReLU.of();
            var layers = new ArrayList<LayerSpec<? extends Layer>>();
            if (row.expanded != row.in) {
                layers.add(convolution(Conv2d.of(row.in, row.expanded, 1), activation));
            }
            layers.add(convolution(
                    Conv2d.of(row.expanded, row.expanded, row.kernel)
                            .stride(row.effectiveStride())
                            .padding((row.kernel - 1) / 2 * row.dilation)
                            .dilation(row.dilation)
                            .groups(row.expanded),
                    activation));
            if (row.squeeze) {
                int quarter = row.expanded / 4;
                layers.add(SqueezeExcitation.of(row.expanded, roundChannels(quarter, 8), ReLU.of(), Hardsigmoid.of()));
            }
            layers.add(Sequential.of(Conv2d.of(row.expanded, row.out, 1).noBias(), norm(row.out)));
            block = child("block", Sequential.of(layers));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = block.call(x);
            if (!shortcut) {
                return residual;
            }
            return isObserved() ? residual.add(x) : residual.addInPlace(x);
        }
    }

    private static LayerSpec<BatchNorm2d> norm(int channels) {
        return BatchNorm2d.of(channels).eps(0.001).momentum(0.01);
    }

    private static LayerSpec<Sequential> convolution(Conv2d.Spec conv, LayerSpec<? extends Layer> activation) {
        return Sequential.of(conv.noBias(), norm(conv.out()), activation);
    }

    private final AdaptiveAvgPool2d avgpool;
    private final Sequential classifier;
    private final int hidden;

    private MobileNetV3(ModelOptions options, boolean large) {
        super(options, 1);
        double multiplier = options.number("width_mult");
        int tailDivisor = options.flag("reduced_tail") ? 2 : 1;
        var rows = rows(large ? LARGE : SMALL, multiplier, tailDivisor, options.flag("dilated") ? 2 : 1);
        int unscaled = (large ? 1280 : 1024) / tailDivisor;
        hidden = roundChannels(unscaled * multiplier, 8);

        int in = rows.get(0).in;
        var steps = new ArrayList<Step>();
        steps.add(new Step(
                convolution(Conv2d.of(options.inChannels(), in, 3).stride(2).padding(1), Hardswish.of()), in, 2));
        rows.forEach(row -> steps.add(new Step(() -> new InvertedResidual(row), row.out, row.effectiveStride())));
        int last = rows.get(rows.size() - 1).out;
        steps.add(new Step(convolution(Conv2d.of(last, 6 * last, 1), Hardswish.of()), 6 * last, 1));
        addFeatures(steps);
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        classifier = child(
                "classifier",
                Sequential.of(
                        Linear.of(6 * last, hidden),
                        Hardswish.of(),
                        Dropout.of(options.probability("dropout")),
                        Linear.of(hidden, options.classes())));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingNormal(c.weight(), Init.Fan.OUT, Init.RELU);
                if (c.bias() != null) {
                    Init.zeros(c.bias());
                }
            } else if (module instanceof Linear l) {
                initialise(l);
            }
        }
    }

    private static void initialise(Linear linear) {
        Init.normal(linear.weight(), 0, 0.01);
        Init.zeros(linear.bias());
    }

    private Tensor pooled(Tensor image) {
        return chain(image, features(), avgpool).flatten(1, -1); // [N, 960] or [N, 576]
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(pooled(image), butLast(classifier)); // [N, 1280] or [N, 1024]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classifier.call(pooled(image));
    }

    @Override
    public int embeddingSize() {
        return hidden;
    }

    @Override
    public Layer head() {
        return classifier.stages().get(3);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace("3", Linear.of(hidden, newClasses));
        initialise((Linear) head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("classifier", List.of("classifier.0"));
        stages.put("head", List.of("classifier.3"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** kernel, expanded, out, squeeze-and-excite, hard swish, stride. */
    private static final int[][] LARGE = {
        {3, 16, 16, 0, 0, 1},
        {3, 64, 24, 0, 0, 2},
        {3, 72, 24, 0, 0, 1},
        {5, 72, 40, 1, 0, 2},
        {5, 120, 40, 1, 0, 1},
        {5, 120, 40, 1, 0, 1},
        {3, 240, 80, 0, 1, 2},
        {3, 200, 80, 0, 1, 1},
        {3, 184, 80, 0, 1, 1},
        {3, 184, 80, 0, 1, 1},
        {3, 480, 112, 1, 1, 1},
        {3, 672, 112, 1, 1, 1},
        {5, 672, 160, 1, 1, 2},
        {5, 960, 160, 1, 1, 1},
        {5, 960, 160, 1, 1, 1},
    };

    private static final int[][] SMALL = {
        {3, 16, 16, 1, 0, 2},
        {3, 72, 24, 0, 0, 2},
        {3, 88, 24, 0, 0, 1},
        {5, 96, 40, 1, 1, 2},
        {5, 240, 40, 1, 1, 1},
        {5, 240, 40, 1, 1, 1},
        {5, 120, 48, 1, 1, 1},
        {5, 144, 48, 1, 1, 1},
        {5, 288, 96, 1, 1, 2},
        {5, 576, 96, 1, 1, 1},
        {5, 576, 96, 1, 1, 1},
    };

    /** The last three rows are the tail: it can be halved, and dilated instead of striding. */
    private static List<Row> rows(int[][] table, double multiplier, int tailDivisor, int tailDilation) {
        var rows = new ArrayList<Row>();
        int in = 16;
        for (int i = 0; i < table.length; i++) {
            int[] t = table[i];
            int tail = table.length - 3;
            int expanded = i > tail ? t[1] / tailDivisor : t[1];
            int out = i >= tail ? t[2] / tailDivisor : t[2];
            rows.add(new Row(
                    roundChannels(in * multiplier, 8),
                    t[0],
                    roundChannels(expanded * multiplier, 8),
                    roundChannels(out * multiplier, 8),
                    t[3] == 1,
                    t[4] == 1,
                    t[5],
                    i >= tail ? tailDilation : 1));
            in = out;
        }
        return rows;
    }

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.number("width_mult", 1.0, 0.01, "factor on all channel counts"),
            Option.flag("reduced_tail", false, "whether the last stage has half the channels"),
            Option.flag("dilated", false, "whether the last stage dilates instead of striding"),
            Option.number("dropout", 0.2, 0, "probability of dropping a value before the head"));

    public static List<Architecture<Backbone>> architectures() {
        String paper = "Howard et al. 2019, arXiv 1905.02244";
        return List.of(
                new Architecture<Backbone>(
                        "mobilenet_v3_small",
                        OPTIONS,
                        2_542_856,
                        224,
                        "torchvision 0.14.1",
                        paper,
                        o -> new MobileNetV3(o, false)),
                new Architecture<Backbone>(
                        "mobilenet_v3_large",
                        OPTIONS,
                        5_483_032,
                        224,
                        "torchvision 0.14.1",
                        paper,
                        o -> new MobileNetV3(o, true)));
    }

    public static MobileNetV3 mobilenetV3Small(int classes) {
        return (MobileNetV3) Models.classify("mobilenet_v3_small", Map.of("classes", classes));
    }

    public static MobileNetV3 mobilenetV3Large(int classes) {
        return (MobileNetV3) Models.classify("mobilenet_v3_large", Map.of("classes", classes));
    }
}
