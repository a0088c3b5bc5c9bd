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
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.SiLU;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * EfficientNet B0 to B7: "Rethinking Model Scaling for Convolutional Neural Networks", Tan and Le 2019, arXiv 1905.11946; EfficientNetV2 S,
 * M, L: "Smaller Models and Faster Training", Tan and Le 2021, arXiv 2104.00298. Pictures {@code [N, 3, H, W]} to logits
 * {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Batch normalisation has
 * eps 1e-5 and momentum 0.1 in B0 to B4, 0.001 and 0.01 in B5 to B7, 0.001 and 0.1 in V2.
 */
public final class EfficientNet extends SequentialBackbone {
    /** One row of the papers' tables: blocks of the same kind, of which the first strides. */
    record Row(boolean fused, int expansion, int kernel, int stride, int in, int out, int blocks) {
        static Row of(String owner, List<Integer> row) {
            if (row.size() != 7 || row.subList(1, 7).stream().anyMatch(v -> v < 1) || row.get(3) > 2) {
                throw new IllegalArgumentException(
                        owner + ": each row of 'inverted_residual_setting' is [fused (0 or 1), expansion, kernel, "
                                + "stride (1 or 2), channels in, channels out, blocks], got " + row);
            }
            return new Row(row.get(0) != 0, row.get(1), row.get(2), row.get(3), row.get(4), row.get(5), row.get(6));
        }

        /** Wider and deeper; the fused rows of V2 are never scaled. */
        Row scaled(double width, double depth) {
            return fused
                    ? this
                    : new Row(
                            false,
                            expansion,
                            kernel,
                            stride,
                            roundChannels(in * width, 8),
                            roundChannels(out * width, 8),
                            (int) Math.ceil(blocks * depth));
        }

        /** The form of the first block or of one of the others. */
        Row block(boolean first) {
            return first ? this : new Row(fused, expansion, kernel, 1, out, out, blocks);
        }

        int expanded() {
            return roundChannels((double) in * expansion, 8);
        }
    }

    /** What all normalisations have in common. */
    private record Norm(double eps, double momentum) {
        LayerSpec<Sequential> after(Conv2d.Spec conv) {
            return Sequential.of(conv.noBias(), of(conv.out()));
        }

        LayerSpec<Sequential> activated(Conv2d.Spec conv) {
            return Sequential.of(conv.noBias(), of(conv.out()), SiLU.of());
        }

        private LayerSpec<BatchNorm2d> of(int channels) {
            return BatchNorm2d.of(channels).eps(eps).momentum(momentum);
        }
    }

    /** A mobile inverted bottleneck, or a fused one, with a shortcut where sizes allow. */
    private static final class Block extends Layer {
        private final boolean shortcut;
        private final Sequential block;
        private final StochasticDepth stochasticDepth;

        Block(Row row, Norm norm, double dropped) {
            shortcut = row.stride == 1 && row.in == row.out;
            block = child("block", Sequential.of(row.fused ? fused(row, norm) : inverted(row, norm)));
            stochasticDepth = child("stochastic_depth", StochasticDepth.perSample(dropped));
        }

        /** Wide 1x1, depthwise, squeeze and excitation, narrow 1x1 without activation. */
        private static List<LayerSpec<? extends Layer>> inverted(Row row, Norm norm) {
            int expanded = row.expanded();
            var layers = new ArrayList<LayerSpec<? extends Layer>>();
            if (expanded != row.in) {
                layers.add(norm.activated(Conv2d.of(row.in, expanded, 1)));
            }
            layers.add(norm.activated(Conv2d.of(expanded, expanded, row.kernel)
                    .stride(row.stride)
                    .padding((row.kernel - 1) / 2)
                    .groups(expanded)));
            layers.add(SqueezeExcitation.of(expanded, Math.max(1, row.in / 4), SiLU.of(), Sigmoid.of()));
            layers.add(norm.after(Conv2d.of(expanded, row.out, 1)));
            return layers;
        }

        /** One full convolution does the work of the wide 1x1 and the depthwise one. */
        private static List<LayerSpec<? extends Layer>> fused(Row row, Norm norm) {
            int expanded = row.expanded();
            boolean wide = expanded != row.in;
            var layers = new ArrayList<LayerSpec<? extends Layer>>();
            layers.add(norm.activated(Conv2d.of(row.in, wide ? expanded : row.out, row.kernel)
                    .stride(row.stride)
                    .padding((row.kernel - 1) / 2)));
            if (wide) {
                layers.add(norm.after(Conv2d.of(expanded, row.out, 1)));
            }
            return layers;
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = block.call(x);
            if (!shortcut) {
                return residual;
            }
            residual = stochasticDepth.call(residual);
            return isObserved() ? residual.add(x) : residual.addInPlace(x);
        }
    }

    private final AdaptiveAvgPool2d avgpool;
    private final Sequential classifier;
    private final int width;

    private EfficientNet(ModelOptions options) {
        super(options, 1);
        var norm = new Norm(options.number("norm_eps"), options.number("norm_momentum"));
        var rows = options.rows("inverted_residual_setting").stream()
                .map(row -> Row.of(options.spec().name(), row)
                        .scaled(options.number("width_mult"), options.number("depth_mult")))
                .toList();
        if (rows.isEmpty()) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": 'inverted_residual_setting' needs at least one row");
        }
        int last = rows.get(rows.size() - 1).out;
        width = options.integer("last_channel") == 0 ? 4 * last : options.integer("last_channel");
        int stem = rows.get(0).in;
        var steps = new ArrayList<Step>();
        steps.add(new Step(
                norm.activated(
                        Conv2d.of(options.inChannels(), stem, 3).stride(2).padding(1)),
                stem,
                2));
        steps.addAll(stages(rows, norm, options.probability("stochastic_depth_prob")));
        steps.add(new Step(norm.activated(Conv2d.of(last, width, 1)), width, 1));
        addFeatures(steps);
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        classifier = child(
                "classifier",
                Sequential.of(Dropout.of(options.probability("dropout")), Linear.of(width, options.classes())));
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

    /** The branches of later blocks are dropped more often: from 0 in proportion to the block's place. */
    private static List<Step> stages(List<Row> rows, Norm norm, double stochasticDepth) {
        int all = rows.stream().mapToInt(Row::blocks).sum();
        var stages = new ArrayList<Step>();
        int place = 0;
        for (var row : rows) {
            var blocks = new ArrayList<LayerSpec<Block>>();
            for (int i = 0; i < row.blocks; i++) {
                var form = row.block(i == 0);
                double dropped = stochasticDepth * place++ / all;
                blocks.add(() -> new Block(form, norm, dropped));
            }
            stages.add(new Step(Sequential.of(blocks), row.out, row.stride));
        }
        return stages;
    }

    private static void initialise(Linear linear) {
        double bound = 1 / Math.sqrt(linear.spec().out());
        Init.uniform(linear.weight(), -bound, bound);
        Init.zeros(linear.bias());
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(image, features(), avgpool).flatten(1, -1); // [N, 1280] for B0 and V2
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

    // --- variants --------------------------------------------------------------------------------------------------

    /** Table 1 of the first paper: fused, expansion, kernel, stride, in, out, blocks. */
    static final List<List<Integer>> B0 = List.of(
            List.of(0, 1, 3, 1, 32, 16, 1),
            List.of(0, 6, 3, 2, 16, 24, 2),
            List.of(0, 6, 5, 2, 24, 40, 2),
            List.of(0, 6, 3, 2, 40, 80, 3),
            List.of(0, 6, 5, 1, 80, 112, 3),
            List.of(0, 6, 5, 2, 112, 192, 4),
            List.of(0, 6, 3, 1, 192, 320, 1));

    private static final List<List<Integer>> V2_S = List.of(
            List.of(1, 1, 3, 1, 24, 24, 2),
            List.of(1, 4, 3, 2, 24, 48, 4),
            List.of(1, 4, 3, 2, 48, 64, 4),
            List.of(0, 4, 3, 2, 64, 128, 6),
            List.of(0, 6, 3, 1, 128, 160, 9),
            List.of(0, 6, 3, 2, 160, 256, 15));

    private static final List<List<Integer>> V2_M = List.of(
            List.of(1, 1, 3, 1, 24, 24, 3),
            List.of(1, 4, 3, 2, 24, 48, 5),
            List.of(1, 4, 3, 2, 48, 80, 5),
            List.of(0, 4, 3, 2, 80, 160, 7),
            List.of(0, 6, 3, 1, 160, 176, 14),
            List.of(0, 6, 3, 2, 176, 304, 18),
            List.of(0, 6, 3, 1, 304, 512, 5));

    private static final List<List<Integer>> V2_L = List.of(
            List.of(1, 1, 3, 1, 32, 32, 4),
            List.of(1, 4, 3, 2, 32, 64, 7),
            List.of(1, 4, 3, 2, 64, 96, 7),
            List.of(0, 4, 3, 2, 96, 192, 10),
            List.of(0, 6, 3, 1, 192, 224, 19),
            List.of(0, 6, 3, 2, 224, 384, 25),
            List.of(0, 6, 3, 1, 384, 640, 7));

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.number("width_mult", 1.0, 0.01, "factor on the channel counts, but for fused blocks"),
            Option.number("depth_mult", 1.0, 0.01, "factor on the numbers of blocks, but for fused ones"),
            Option.number("dropout", 0.2, 0, "probability of dropping a value before the head"),
            Option.number("stochastic_depth_prob", 0.2, 0, "probability of dropping the last block's branch"),
            Option.rows(
                    "inverted_residual_setting",
                    B0,
                    "rows [fused, expansion, kernel, stride, channels in, channels out, blocks]"),
            Option.integer("last_channel", 0, 0, "channels before the head; 0: four times those of the last row"),
            Option.number("norm_eps", 1e-5, 0, "added to variances in batch normalisation"),
            Option.number("norm_momentum", 0.1, 0, "share of a new batch in the running statistics"));

    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                b("efficientnet_b0", 224, 1.0, 1.0, 0.2, 5_288_548),
                b("efficientnet_b1", 240, 1.0, 1.1, 0.2, 7_794_184),
                b("efficientnet_b2", 288, 1.1, 1.2, 0.3, 9_109_994),
                b("efficientnet_b3", 300, 1.2, 1.4, 0.3, 12_233_232),
                b("efficientnet_b4", 380, 1.4, 1.8, 0.4, 19_341_616),
                b("efficientnet_b5", 456, 1.6, 2.2, 0.4, 30_389_784),
                b("efficientnet_b6", 528, 1.8, 2.6, 0.5, 43_040_704),
                b("efficientnet_b7", 600, 2.0, 3.1, 0.5, 66_347_960),
                v2("efficientnet_v2_s", 384, V2_S, 0.2, 21_458_488),
                v2("efficientnet_v2_m", 480, V2_M, 0.3, 54_139_356),
                v2("efficientnet_v2_l", 480, V2_L, 0.4, 118_515_272));
    }

    private static Architecture<Backbone> b(
            String name, int size, double width, double depth, double dropout, long parameters) {
        var standards =
                new HashMap<String, Object>(Map.of("width_mult", width, "depth_mult", depth, "dropout", dropout));
        if (width >= 1.6) { // the weights of the three largest come from TensorFlow
            standards.putAll(Map.of("norm_eps", 0.001, "norm_momentum", 0.01));
        }
        return variant(name, size, parameters, "Tan and Le 2019, arXiv 1905.11946", standards);
    }

    private static Architecture<Backbone> v2(
            String name, int size, List<List<Integer>> rows, double dropout, long parameters) {
        return variant(
                name,
                size,
                parameters,
                "Tan and Le 2021, arXiv 2104.00298",
                Map.of("inverted_residual_setting", rows, "last_channel", 1280, "dropout", dropout, "norm_eps", 0.001));
    }

    private static Architecture<Backbone> variant(
            String name, int size, long parameters, String paper, Map<String, Object> standards) {
        return new Architecture<Backbone>(
                        name, OPTIONS, parameters, size, "torchvision 0.14.1", paper, EfficientNet::new)
                .variant(name, parameters, standards);
    }

    public static EfficientNet efficientnetB0(int classes) {
        return (EfficientNet) Models.classify("efficientnet_b0", Map.of("classes", classes));
    }

    public static EfficientNet efficientnetV2S(int classes) {
        return (EfficientNet) Models.classify("efficientnet_v2_s", Map.of("classes", classes));
    }
}
