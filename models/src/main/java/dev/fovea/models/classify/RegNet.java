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
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * RegNet X, and Y with squeeze and excitation: "Designing Network Design Spaces", Radosavovic et al. 2020, arXiv 2003.13678. Pictures
 * {@code [N, 3, H, W]} to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. The sizes of all stages
 * follow from a handful of numbers, see {@link #widths}.
 */
public final class RegNet extends Backbone {
    /** Equal blocks one after another, of which the first strides by 2. */
    private record Width(int channels, int blocks, int groupWidth) {}

    private static LayerSpec<Sequential> convolution(Conv2d.Spec conv) {
        return Sequential.of(conv.noBias(), BatchNorm2d.of(conv.out()));
    }

    private static LayerSpec<Sequential> activated(Conv2d.Spec conv) {
        return Sequential.of(conv.noBias(), BatchNorm2d.of(conv.out()), ReLU.of());
    }

    /** 1x1, grouped 3x3, squeeze and excitation, 1x1; the shortcut is a convolution where sizes change. */
    private static final class Block extends Layer {
        private final Sequential proj;
        private final Sequential f;
        private final ReLU activation;

        Block(int in, Width width, int stride, double bottleneck, double squeeze) {
            int out = width.channels;
            int middle = (int) Math.rint(out * bottleneck);
            proj = in == out && stride == 1
                    ? null
                    : child("proj", convolution(Conv2d.of(in, out, 1).stride(stride)));
            var parts = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
            parts.put("a", activated(Conv2d.of(in, middle, 1)));
            parts.put(
                    "b",
                    activated(Conv2d.of(middle, middle, 3)
                            .stride(stride)
                            .padding(1)
                            .groups(middle / width.groupWidth)));
            if (squeeze > 0) {
                parts.put("se", SqueezeExcitation.of(middle, (int) Math.rint(squeeze * in), ReLU.of(), Sigmoid.of()));
            }
            parts.put("c", convolution(Conv2d.of(middle, out, 1)));
            f = child("f", Sequential.named(parts));
            activation = child("activation", ReLU.of().inPlace());
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = f.call(x);
            var shortcut = proj == null ? x : proj.call(x);
            return activation.call(isObserved() ? residual.add(shortcut) : residual.addInPlace(shortcut));
        }
    }

    private final Sequential stem;
    private final Sequential trunk;
    private final AdaptiveAvgPool2d avgpool;
    private final List<Width> widths;
    private Linear fc;

    private RegNet(ModelOptions options) {
        super(options, 1);
        widths = widths(options);
        int in = options.integer("stem_width");
        stem = child(
                "stem",
                activated(Conv2d.of(options.inChannels(), in, 3).stride(2).padding(1)));
        double bottleneck = options.number("bottleneck_multiplier");
        double squeeze = options.number("se_ratio");
        var stages = new LinkedHashMap<String, LayerSpec<Sequential>>();
        for (int stage = 1; stage <= widths.size(); stage++) {
            var width = widths.get(stage - 1);
            var blocks = new LinkedHashMap<String, LayerSpec<Block>>();
            for (int i = 0; i < width.blocks; i++) {
                int from = i == 0 ? in : width.channels;
                int stride = i == 0 ? 2 : 1;
                blocks.put("block" + stage + "-" + i, () -> new Block(from, width, stride, bottleneck, squeeze));
            }
            stages.put("block" + stage, Sequential.named(blocks));
            in = width.channels;
        }
        trunk = child("trunk_output", Sequential.named(stages));
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        fc = child("fc", Linear.of(in, options.classes()));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingNormal(c.weight(), Init.Fan.OUT, Init.RELU);
            }
        }
        initialise(fc);
    }

    private static void initialise(Linear linear) {
        Init.normal(linear.weight(), 0, 0.01);
        Init.zeros(linear.bias());
    }

    /**
     * The paper's quantised linear rule: block i would have {@code w_0 + w_a i} channels; in units of factors {@code w_m} this is rounded,
     * then rounded to multiples of 8; equal blocks are a stage, whose channels are made a multiple of the group width.
     */
    private static List<Width> widths(ModelOptions options) {
        double first = options.integer("w_0");
        double slope = options.number("w_a");
        double factor = options.number("w_m");
        if (factor <= 1 || first % 8 != 0) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": 'w_m' must be above 1 and 'w_0' a multiple of 8, got w_m=" + factor + ", w_0=" + (int) first);
        }
        double bottleneck = options.number("bottleneck_multiplier");
        var counts = new LinkedHashMap<Integer, Integer>();
        for (int i = 0; i < options.integer("depth"); i++) {
            double steps = Math.rint(Math.log((slope * i + first) / first) / Math.log(factor));
            int width = (int) Math.rint(first * Math.pow(factor, steps) / 8) * 8;
            counts.merge(width, 1, Integer::sum);
        }
        return counts.entrySet().stream()
                .map(stage -> {
                    int middle = (int) (stage.getKey() * bottleneck);
                    int group = Math.min(options.integer("group_width"), middle);
                    int channels = (int) (roundChannels(middle, group) / bottleneck);
                    return new Width(channels, stage.getValue(), group);
                })
                .toList();
    }

    private static int roundChannels(int value, int divisor) {
        return SequentialBackbone.roundChannels(value, divisor);
    }

    /** Maps of all stages: {@code [N, C_i, H / 2^(i + 2), W / 2^(i + 2)]}, i = 0, 1, …. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = stem.call(image);
        for (var stage : trunk.stages()) {
            x = stage.call(x);
            maps.add(x);
        }
        return maps;
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(image, stem, trunk, avgpool).flatten(1, -1);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return fc.call(embedding(image));
    }

    @Override
    public List<Integer> featureChannels() {
        return widths.stream().map(Width::channels).toList();
    }

    @Override
    public List<Integer> featureStrides() {
        var strides = new ArrayList<Integer>();
        for (int i = 0; i < widths.size(); i++) {
            strides.add(4 << i);
        }
        return strides;
    }

    @Override
    public int embeddingSize() {
        return widths.get(widths.size() - 1).channels;
    }

    @Override
    public Linear head() {
        return fc;
    }

    @Override
    protected void setHead(int newClasses) {
        fc = replaceChild("fc", Linear.of(embeddingSize(), newClasses).build());
        initialise(fc);
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("stem"));
        for (int i = 1; i <= widths.size(); i++) {
            stages.put("block" + i, List.of("trunk_output.block" + i));
        }
        stages.put("head", List.of("fc"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** The paper's tables 8 and 9: depth, w_0, w_a, w_m, group width, ratio of squeeze and excitation. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("regnet_x_400mf", 22, 24, 24.48, 2.54, 16, 0, 5_495_976),
                variant("regnet_x_800mf", 16, 56, 35.73, 2.28, 16, 0, 7_259_656),
                variant("regnet_x_1_6gf", 18, 80, 34.01, 2.25, 24, 0, 9_190_136),
                variant("regnet_x_3_2gf", 25, 88, 26.31, 2.25, 48, 0, 15_296_552),
                variant("regnet_x_8gf", 23, 80, 49.56, 2.88, 120, 0, 39_572_648),
                variant("regnet_x_16gf", 22, 216, 55.59, 2.1, 128, 0, 54_278_536),
                variant("regnet_x_32gf", 23, 320, 69.86, 2.0, 168, 0, 107_811_560),
                variant("regnet_y_400mf", 16, 48, 27.89, 2.09, 8, 0.25, 4_344_144),
                variant("regnet_y_800mf", 14, 56, 38.84, 2.4, 16, 0.25, 6_432_512),
                variant("regnet_y_1_6gf", 27, 48, 20.71, 2.65, 24, 0.25, 11_202_430),
                variant("regnet_y_3_2gf", 21, 80, 42.63, 2.66, 24, 0.25, 19_436_338),
                variant("regnet_y_8gf", 17, 192, 76.82, 2.19, 56, 0.25, 39_381_472),
                variant("regnet_y_16gf", 18, 200, 106.23, 2.48, 112, 0.25, 83_590_140),
                variant("regnet_y_32gf", 20, 232, 115.89, 2.53, 232, 0.25, 145_046_770),
                variant("regnet_y_128gf", 27, 456, 160.83, 2.52, 264, 0.25, 644_812_894));
    }

    private static Architecture<Backbone> variant(
            String name,
            int depth,
            int firstWidth,
            double slope,
            double factor,
            int groupWidth,
            double squeeze,
            long parameters) {
        return new Architecture<Backbone>(
                name,
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.integer("depth", depth, 1, "blocks in all stages together"),
                        Option.integer("w_0", firstWidth, 8, "channels of the first block, a multiple of 8"),
                        Option.number("w_a", slope, 0, "by how much channels grow from block to block"),
                        Option.number("w_m", factor, 1, "by what factor channels grow from stage to stage"),
                        Option.integer("group_width", groupWidth, 1, "channels per group of the 3x3 convolutions"),
                        Option.number("bottleneck_multiplier", 1.0, 0.01, "factor on the channels inside a block"),
                        Option.number("se_ratio", squeeze, 0, "squeezed channels per channel; 0: none"),
                        Option.integer("stem_width", 32, 1, "channels of the stem")),
                parameters,
                224,
                "torchvision 0.14.1",
                "Radosavovic et al. 2020, arXiv 2003.13678",
                RegNet::new);
    }

    public static RegNet regnetY400mf(int classes) {
        return (RegNet) Models.classify("regnet_y_400mf", Map.of("classes", classes));
    }
}
