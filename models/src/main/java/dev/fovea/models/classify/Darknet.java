package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.BatchNormAct2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.LeakyReLU;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Darknet-53, the backbone of YOLOv3: residual blocks of a narrow 1x1 and a wide 3x3 convolution, halving by strided convolutions
 * ("YOLOv3: An Incremental Improvement", Redmon and Farhadi 2018, arXiv 1804.02767, table 1). Pictures {@code [N, 3, H, W]} to logits
 * {@code [N, classes]}.
 *
 * <p>Takes the weights of timm 0.9.16 (Apache-2.0): names and shapes are equal, and activations have the slope 0.01 of that reference
 * where the paper's have 0.1.
 */
public final class Darknet extends Backbone {
    private static final int FINEST_STRIDE = 4;

    /** A convolution without bias, its normalisation and activation. */
    private static final class Unit extends Layer {
        private final Conv2d conv;
        private final BatchNormAct2d bn;

        Unit(Conv2d.Spec spec, double slope) {
            conv = child("conv", spec.noBias());
            bn = child("bn", BatchNormAct2d.of(spec.out(), LeakyReLU.of(slope)));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, conv, bn);
        }
    }

    /** Half of the channels, then all of them, and the shortcut. */
    private static final class Block extends Layer {
        private final Unit conv1;
        private final Unit conv2;

        Block(int channels, double slope) {
            int middle = Math.max(1, channels / 2);
            conv1 = child("conv1", new Unit(Conv2d.of(channels, middle, 1), slope));
            conv2 = child("conv2", new Unit(Conv2d.of(middle, channels, 3).padding(1), slope));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, conv1, conv2).add(x);
        }
    }

    /** A strided convolution and blocks. */
    private static final class DarkStage extends Layer {
        private final Unit convDown;
        private final Sequential blocks;

        DarkStage(int in, int out, int depth, double slope) {
            convDown =
                    child("conv_down", new Unit(Conv2d.of(in, out, 3).stride(2).padding(1), slope));
            var specs = new ArrayList<LayerSpec<Block>>();
            IntStream.range(0, depth).forEach(i -> specs.add(() -> new Block(out, slope)));
            blocks = child("blocks", Sequential.of(specs));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, convDown, blocks);
        }
    }

    /** The last layer, under the reference's name. */
    private static final class Head extends Module {
        private Linear fc;

        Head(Linear fc) {
            this.fc = child("fc", fc);
        }

        void replace(Linear fresh) {
            fc = replaceChild("fc", fresh);
        }
    }

    private final List<Integer> channels;
    private final Sequential stem;
    private final Sequential stages;
    private final Dropout dropout;
    private final Head head;

    private Darknet(ModelOptions options) {
        super(options, 1);
        channels = options.integers("channels");
        var depths = options.integers("depths");
        if (channels.size() < 2 || channels.size() != depths.size()) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": channels and depths have one number for each of two stages or more; got"
                            + " channels=" + channels + ", depths=" + depths);
        }
        double slope = options.number("negative_slope");
        int stemWidth = options.integer("stem_chs");
        stem = child(
                "stem",
                Sequential.named(Map.of(
                        "conv1",
                        () -> new Unit(
                                Conv2d.of(options.inChannels(), stemWidth, 3).padding(1), slope))));
        var specs = new ArrayList<LayerSpec<DarkStage>>();
        for (int i = 0; i < depths.size(); i++) {
            int in = i == 0 ? stemWidth : channels.get(i - 1);
            int out = channels.get(i);
            int depth = depths.get(i);
            specs.add(() -> new DarkStage(in, out, depth, slope));
        }
        stages = child("stages", Sequential.of(specs));
        dropout = child("drop", Dropout.of(options.probability("drop_rate")));
        head = child("head", new Head(fc(options.classes())));
        for (var module : modules().values()) {
            if (module instanceof Conv2d conv) {
                Init.kaimingNormal(conv.weight(), Init.Fan.OUT, Init.RELU);
            }
        }
    }

    private Linear fc(int classes) {
        var fc = Linear.of(embeddingSize(), classes).build();
        Init.normal(fc.weight(), 0, 0.01);
        Init.zeros(fc.bias());
        return fc;
    }

    /** Maps of strides 4 and coarser: {@code [N, 128, H/4, W/4]} to {@code [N, 1024, H/32, W/32]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        int first = first();
        var x = chain(chain(image, stem), stages.stages().subList(0, first));
        for (var stage : stages.stages().subList(first, channels.size())) {
            x = stage.call(x);
            maps.add(x);
        }
        return maps;
    }

    /** The place of the first stage whose map other tasks read. */
    private static int first() {
        return Integer.numberOfTrailingZeros(FINEST_STRIDE) - 1;
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(image, stem, stages).mean(false, 2, 3); // [N, 1024]
    }

    @Override
    protected Tensor logits(Tensor image) {
        return head.fc.call(dropout.call(embedding(image)));
    }

    @Override
    public List<Integer> featureChannels() {
        return channels.subList(first(), channels.size());
    }

    @Override
    public List<Integer> featureStrides() {
        return IntStream.range(first(), channels.size()).mapToObj(i -> 2 << i).toList();
    }

    @Override
    public int embeddingSize() {
        return channels.get(channels.size() - 1);
    }

    @Override
    public Linear head() {
        return head.fc;
    }

    @Override
    protected void setHead(int newClasses) {
        head.replace(fc(newClasses));
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var paths = new LinkedHashMap<String, List<String>>();
        paths.put("stem", List.of("stem"));
        for (int i = 0; i < channels.size(); i++) {
            paths.put("stage" + (i + 1), List.of("stages." + i));
        }
        paths.put("head", List.of("head.fc"));
        return paths;
    }

    public static List<Architecture<Backbone>> architectures() {
        return List.of(new Architecture<Backbone>(
                "darknet53",
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.integer("stem_chs", 32, 1, "channels of the first convolution"),
                        Option.integers(
                                "channels", List.of(64, 128, 256, 512, 1024), 1, "channels of each stage's maps"),
                        Option.integers("depths", List.of(1, 2, 8, 8, 4), 1, "blocks of each stage"),
                        Option.number("negative_slope", 0.01, 0, "slope of activations below 0"),
                        Option.number("drop_rate", 0, 0, "probability of dropping a value before the head")),
                41_609_928,
                256,
                "timm 0.9.16",
                "Redmon and Farhadi 2018, arXiv 1804.02767",
                Darknet::new));
    }

    public static Darknet darknet53(int classes) {
        return (Darknet) Models.classify("darknet53", Map.of("classes", classes));
    }
}
