package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * DenseNet: "Densely Connected Convolutional Networks", Huang et al. 2016, arXiv 1608.06993 (the form with bottlenecks and compression,
 * DenseNet-BC). Every layer of a block reads the maps of all layers before it. Pictures {@code [N, 3, H, W]} from 29x29 on to logits
 * {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Its published files
 * still say {@code norm.1} for {@code norm1}, which {@link dev.fovea.models.weights.Renaming} knows.
 */
public final class DenseNet extends SequentialBackbone {
    /** A 1x1 convolution to a few maps, then a 3x3 convolution to {@code growth} new ones. */
    private static final class DenseLayer extends Layer {
        private final List<Layer> path = new ArrayList<>();

        DenseLayer(int in, int growth, int bottleneck, double dropout) {
            int narrow = bottleneck * growth;
            path.add(child("norm1", BatchNorm2d.of(in)));
            path.add(child("relu1", ReLU.of()));
            path.add(child("conv1", Conv2d.of(in, narrow, 1).noBias()));
            path.add(child("norm2", BatchNorm2d.of(narrow)));
            path.add(child("relu2", ReLU.of()));
            path.add(child("conv2", Conv2d.of(narrow, growth, 3).padding(1).noBias()));
            if (dropout > 0) {
                path.add(child("dropout", Dropout.of(dropout)));
            }
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, path);
        }
    }

    /** Layers that each add {@code growth} maps to those they read: {@code [N, C, H, W]} to {@code [N, C + layers growth, H, W]}. */
    private static final class DenseBlock extends Layer {
        private final List<DenseLayer> layers = new ArrayList<>();

        DenseBlock(int count, int in, int growth, int bottleneck, double dropout) {
            for (int i = 0; i < count; i++) {
                layers.add(child("denselayer" + (i + 1), new DenseLayer(in + i * growth, growth, bottleneck, dropout)));
            }
        }

        @Override
        protected Tensor forward(Tensor x) {
            var all = x;
            for (var layer : layers) {
                var added = layer.call(all);
                var joined = Tensor.cat(List.of(all, added), 1);
                if (!Grad.isEnabled()) {
                    Scope.discard(added);
                    if (all != x) {
                        Scope.discard(all);
                    }
                }
                all = joined;
            }
            return all;
        }
    }

    /** Between blocks: a 1x1 convolution to half the maps, and pooling to half the size. */
    private static final class Transition extends Layer {
        private final BatchNorm2d norm;
        private final ReLU relu;
        private final Conv2d conv;
        private final AvgPool2d pool;

        Transition(int in, int out) {
            norm = child("norm", BatchNorm2d.of(in));
            relu = child("relu", ReLU.of());
            conv = child("conv", Conv2d.of(in, out, 1).noBias());
            pool = child("pool", AvgPool2d.of(2));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, norm, relu, conv, pool);
        }
    }

    // --- the network -----------------------------------------------------------------------------------------------

    private final int width;
    private Linear classifier;

    private DenseNet(ModelOptions options) {
        super(options, leastSide(options.integers("block_config").size()));
        width = addBlocks(options);
        classifier = child("classifier", Linear.of(width, options.classes()));
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                Init.kaimingNormal(c.weight(), Init.Fan.IN, Init.RELU);
            }
        }
        Init.zeros(classifier.bias());
    }

    /** The side of which one pixel is left after the stem's two strides and a halving between blocks. */
    private static int leastSide(int blocks) {
        int halved = 1 << Math.min(20, Math.max(0, blocks - 1));
        return 4 * (halved - 1) + 1;
    }

    private int addBlocks(ModelOptions options) {
        var blocks = options.integers("block_config");
        if (blocks.isEmpty()) {
            throw new IllegalArgumentException(options.spec().name() + ": 'block_config' needs at least one block");
        }
        int growth = options.integer("growth_rate");
        int bottleneck = options.integer("bn_size");
        double dropout = options.probability("drop_rate");
        int first = options.integer("num_init_features");
        var stem =
                Conv2d.of(options.inChannels(), first, 7).stride(2).padding(3).noBias();
        var steps = new LinkedHashMap<String, Step>();
        steps.put("conv0", new Step(stem, first, 2));
        steps.put("norm0", new Step(BatchNorm2d.of(first), first, 1));
        steps.put("relu0", new Step(ReLU.of(), first, 1));
        steps.put("pool0", new Step(MaxPool2d.of(3).stride(2).padding(1), first, 2));
        int channels = first;
        for (int i = 0; i < blocks.size(); i++) {
            int in = channels;
            int layers = blocks.get(i);
            int out = in + layers * growth;
            steps.put(
                    "denseblock" + (i + 1),
                    new Step(() -> new DenseBlock(layers, in, growth, bottleneck, dropout), out, 1));
            channels = out;
            if (i < blocks.size() - 1) {
                channels = out / 2;
                int half = channels;
                steps.put("transition" + (i + 1), new Step(() -> new Transition(out, half), half, 2));
            }
        }
        steps.put("norm5", new Step(BatchNorm2d.of(channels), channels, 1));
        addFeatures(steps);
        return channels;
    }

    /** Maps at the end of each block: {@code [N, 256, H/4, W/4]} to {@code [N, 1024, H/32, W/32]} in DenseNet-121. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<>(super.maps(image));
        int last = maps.size() - 1;
        maps.set(last, maps.get(last).relu());
        return maps;
    }

    @Override
    protected Tensor embedding(Tensor image) {
        var maps = features().call(image); // [N, 1024, H/32, W/32]
        var rectified = isObserved() ? maps.relu() : maps.reluInPlace();
        return rectified.adaptiveAvgPool2d(1, 1).flatten(1, -1); // [N, 1024]
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
    public Linear head() {
        return classifier;
    }

    @Override
    protected void setHead(int newClasses) {
        classifier = replaceChild("classifier", Linear.of(width, newClasses).build());
        Init.zeros(classifier.bias());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("head", List.of("classifier"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.integer("growth_rate", 32, 1, "maps that each layer adds"),
            Option.integers("block_config", List.of(6, 12, 24, 16), 1, "layers in each block"),
            Option.integer("num_init_features", 64, 1, "maps after the first convolution"),
            Option.integer("bn_size", 4, 1, "maps inside a layer, as a multiple of growth_rate"),
            Option.number("drop_rate", 0, 0, "probability of dropping a value after each layer"));

    public static List<Architecture<Backbone>> architectures() {
        var first = new Architecture<Backbone>(
                "densenet121",
                OPTIONS,
                7_978_856,
                224,
                "torchvision 0.14.1",
                "Huang et al. 2016, arXiv 1608.06993",
                DenseNet::new);
        return List.of(
                first,
                first.variant(
                        "densenet161",
                        28_681_000,
                        Map.of("growth_rate", 48, "block_config", List.of(6, 12, 36, 24), "num_init_features", 96)),
                first.variant("densenet169", 14_149_480, Map.of("block_config", List.of(6, 12, 32, 32))),
                first.variant("densenet201", 20_013_928, Map.of("block_config", List.of(6, 12, 48, 32))));
    }

    public static DenseNet densenet121(int classes) {
        return (DenseNet) Models.classify("densenet121", Map.of("classes", classes));
    }
}
