package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
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
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The small residual networks that section 4.2 of "Deep Residual Learning for Image Recognition" (He et al. 2015, arXiv 1512.03385) trains on
 * CIFAR-10: three stages of 16, 32 and 64 channels, shortcuts without parameters. Pictures {@code [N, 3, 32, 32]} (other sizes work too) to
 * logits {@code [N, classes]}.
 *
 * <p>Takes the weights of akamaster/pytorch_resnet_cifar10 (BSD-2-Clause): names, shapes and outputs are equal. A network of depth
 * 6 n + 2 has n blocks per stage. Stochastic depth (Huang et al. 2016, arXiv 1603.09382) and dropout before the last layer are for noisy
 * students; both are off unless asked for.
 */
public final class CifarResNet extends Backbone {
    private static final int WIDTH = 64;

    /** Two 3x3 convolutions. Where the map shrinks, the shortcut takes every second pixel and adds channels of zeros ("option A"). */
    private static final class BasicBlock extends Layer {
        private final int stride;
        private final int added;
        private final Conv2d conv1;
        private final BatchNorm2d bn1;
        private final Conv2d conv2;
        private final BatchNorm2d bn2;
        private final ReLU relu;
        private final StochasticDepth depth;

        BasicBlock(int in, int out, int stride, double drop) {
            this.stride = stride;
            added = out - in;
            conv1 = child(
                    "conv1", Conv2d.of(in, out, 3).stride(stride).padding(1).noBias());
            bn1 = child("bn1", BatchNorm2d.of(out));
            conv2 = child("conv2", Conv2d.of(out, out, 3).padding(1).noBias());
            bn2 = child("bn2", BatchNorm2d.of(out));
            relu = child("relu", ReLU.of().inPlace());
            depth = child("stochastic_depth", StochasticDepth.perSample(drop));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = chain(x, conv1, bn1, relu, conv2, bn2, depth);
            var shortcut = shortcut(x);
            return relu.call(isObserved() ? residual.add(shortcut) : residual.addInPlace(shortcut));
        }

        private Tensor shortcut(Tensor x) {
            if (stride == 1 && added == 0) {
                return x;
            }
            var every = x.slice(2, 0, Long.MAX_VALUE, stride).slice(3, 0, Long.MAX_VALUE, stride);
            return every.pad(0, 0, 0, 0, added / 2, added / 2);
        }
    }

    private final Conv2d conv1;
    private final BatchNorm2d bn1;
    private final ReLU relu;
    private final List<Sequential> layers = new ArrayList<>();
    private final Dropout dropout;
    private Linear linear;

    private CifarResNet(ModelOptions options) {
        super(options, 1);
        int perStage = options.integer("blocks");
        double drop = options.probability("stochastic_depth_prob");
        conv1 = child("conv1", Conv2d.of(options.inChannels(), 16, 3).padding(1).noBias());
        bn1 = child("bn1", BatchNorm2d.of(16));
        relu = child("relu", ReLU.of());
        int in = 16;
        for (int stage = 0; stage < 3; stage++) {
            int out = 16 << stage;
            var blocks = new ArrayList<LayerSpec<BasicBlock>>();
            for (int i = 0; i < perStage; i++) {
                int from = i == 0 ? in : out;
                int stride = i == 0 && stage > 0 ? 2 : 1;
                // The deeper a block, the more often it is left out (Huang et al. 2016, equation 4).
                double p = drop * (stage * perStage + i + 1) / (3 * perStage);
                blocks.add(() -> new BasicBlock(from, out, stride, p));
            }
            layers.add(child("layer" + (stage + 1), Sequential.of(blocks)));
            in = out;
        }
        dropout = child("dropout", Dropout.of(options.probability("dropout")));
        linear = child("linear", Linear.of(WIDTH, options.classes()));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingNormal(c.weight(), Init.Fan.IN, Init.RELU);
            }
        }
        Init.kaimingNormal(linear.weight(), Init.Fan.IN, Init.RELU);
    }

    /** Maps of the three stages: {@code [N, 16, H, W]}, {@code [N, 32, H/2, W/2]}, {@code [N, 64, H/4, W/4]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = chain(image, conv1, bn1, relu);
        for (var layer : layers) {
            x = layer.call(x);
            maps.add(x);
        }
        return maps;
    }

    @Override
    protected Tensor embedding(Tensor image) {
        var path = new ArrayList<Layer>(List.of(conv1, bn1, relu));
        path.addAll(layers); // [N, 64, H/4, W/4]
        return chain(image, path).adaptiveAvgPool2d(1, 1).flatten(1, -1);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(embedding(image), dropout, linear);
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(16, 32, 64);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(1, 2, 4);
    }

    @Override
    public int embeddingSize() {
        return WIDTH;
    }

    @Override
    public Linear head() {
        return linear;
    }

    @Override
    protected void setHead(int newClasses) {
        linear = replaceChild("linear", Linear.of(WIDTH, newClasses).build());
        Init.kaimingNormal(linear.weight(), Init.Fan.IN, Init.RELU);
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("conv1", "bn1"));
        for (int i = 1; i <= 3; i++) {
            stages.put("layer" + i, List.of("layer" + i));
        }
        stages.put("head", List.of("linear"));
        return stages;
    }

    public static List<Architecture<Backbone>> architectures() {
        var smallest = new Architecture<Backbone>(
                "resnet20_cifar",
                List.of(
                        Option.classes(10),
                        Option.inChannels(3),
                        Option.integer("blocks", 3, 1, "blocks in each of the three stages"),
                        Option.number(
                                "stochastic_depth_prob", 0, 0, "how often the last block is left out in training"),
                        Option.number("dropout", 0, 0, "share of values dropped before the last layer")),
                269_722,
                32,
                "akamaster/pytorch_resnet_cifar10",
                "He et al. 2015, arXiv 1512.03385",
                CifarResNet::new);
        return List.of(
                smallest,
                smallest.variant("resnet32_cifar", 464_154, Map.of("blocks", 5)),
                smallest.variant("resnet44_cifar", 658_586, Map.of("blocks", 7)),
                smallest.variant("resnet56_cifar", 853_018, Map.of("blocks", 9)),
                smallest.variant("resnet110_cifar", 1_727_962, Map.of("blocks", 18)));
    }
}
