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
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * SE-ResNet: residual networks whose blocks weigh their channels, "Squeeze-and-Excitation Networks", Hu et al. 2017, arXiv 1709.01507.
 * Pictures {@code [N, 3, H, W]} to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of timm 0.9.16 (Apache-2.0): names, shapes, initial values and outputs are equal. Differs from the paper, as the
 * reference does: a bottleneck strides in its 3x3 convolution, the weighing ends in a sigmoid over 1x1 convolutions with biases, and each
 * block's last normalisation starts at zero.
 */
public final class SeResNet extends Backbone {
    private static final int REDUCTION = 16;

    /** The middle of a weighing has a multiple of this many channels. */
    private static final int DIVISOR = 8;

    /** The form of one block. */
    private record BlockForm(int in, int planes, int stride, int cardinality, int baseWidth, double dropPath) {}

    /** A residual path, its weighing, and the shortcut. */
    private abstract static class Block extends Layer {
        private final List<Layer> residual = new ArrayList<>();
        private Layer activation;
        private Sequential downsample;

        /** Adds a convolution without bias and its normalisation to the residual path. */
        final BatchNorm2d convolve(int number, Conv2d.Spec conv) {
            residual.add(child("conv" + number, conv.noBias()));
            var norm = child("bn" + number, BatchNorm2d.of(conv.out()));
            residual.add(norm);
            return norm;
        }

        final void activate(int number) {
            residual.add(child("act" + number, ReLU.of()));
        }

        /** Ends the residual path: weighing, sum, activation. */
        final void finish(BlockForm form, int out, int number) {
            int squeezed = Math.max(DIVISOR, (out / REDUCTION + DIVISOR / 2) / DIVISOR * DIVISOR);
            residual.add(child("se", SqueezeExcitation.of(out, squeezed, ReLU.of(), Sigmoid.of())));
            activation = child("act" + number, ReLU.of().inPlace());
            if (form.stride != 1 || form.in != out) {
                downsample = child(
                        "downsample",
                        Sequential.of(
                                Conv2d.of(form.in, out, 1).stride(form.stride).noBias(), BatchNorm2d.of(out)));
            }
            if (form.dropPath > 0) {
                residual.add(child("drop_path", StochasticDepth.perSample(form.dropPath)));
            }
        }

        /** Starts the last normalisation at zero, so that the block begins as identity (arXiv 1706.02677). */
        abstract void zeroInit();

        @Override
        protected final Tensor forward(Tensor x) {
            var weighed = chain(x, residual);
            var shortcut = downsample == null ? x : downsample.call(x);
            return activation.call(isObserved() ? weighed.add(shortcut) : weighed.addInPlace(shortcut));
        }
    }

    /** Two 3x3 convolutions. */
    private static final class BasicBlock extends Block {
        private final BatchNorm2d last;

        BasicBlock(BlockForm form) {
            int planes = form.planes;
            if (form.cardinality != 1 || form.baseWidth != 64) {
                throw new IllegalArgumentException(
                        "basic residual blocks take only cardinality=1 and base_width=64, got cardinality="
                                + form.cardinality + ", base_width=" + form.baseWidth
                                + "; use a network with bottlenecks (seresnet50 and deeper)");
            }
            convolve(1, Conv2d.of(form.in, planes, 3).stride(form.stride).padding(1));
            activate(1);
            last = convolve(2, Conv2d.of(planes, planes, 3).padding(1));
            finish(form, planes, 2);
        }

        @Override
        void zeroInit() {
            Init.zeros(last.weight());
        }
    }

    /** 1x1, 3x3 and 1x1 convolutions, narrow in the middle. */
    private static final class Bottleneck extends Block {
        static final int EXPANSION = 4;

        private final BatchNorm2d last;

        Bottleneck(BlockForm form) {
            int width = ((int) (form.planes * (form.baseWidth / 64.0))) * form.cardinality;
            int out = form.planes * EXPANSION;
            convolve(1, Conv2d.of(form.in, width, 1));
            activate(1);
            convolve(
                    2, Conv2d.of(width, width, 3).stride(form.stride).padding(1).groups(form.cardinality));
            activate(2);
            last = convolve(3, Conv2d.of(width, out, 1));
            finish(form, out, 3);
        }

        @Override
        void zeroInit() {
            Init.zeros(last.weight());
        }
    }

    // --- the network -----------------------------------------------------------------------------------------------

    private final boolean bottlenecks;
    private final List<Layer> stem;
    private final List<Sequential> layers = new ArrayList<>();
    private final Sequential globalPool;
    private final Dropout dropout;
    private Linear fc;

    private SeResNet(ModelOptions options) {
        super(options, 1);
        bottlenecks = options.text("block").equals("Bottleneck");
        stem = List.of(
                child(
                        "conv1",
                        Conv2d.of(options.inChannels(), 64, 7)
                                .stride(2)
                                .padding(3)
                                .noBias()),
                child("bn1", BatchNorm2d.of(64)),
                child("act1", ReLU.of()),
                child("maxpool", MaxPool2d.of(3).stride(2).padding(1)));
        addLayers(options);
        var pool = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        pool.put("pool", AdaptiveAvgPool2d.of(1));
        pool.put("flatten", Flatten.of());
        globalPool = child("global_pool", Sequential.named(pool));
        dropout = child("drop", Dropout.of(options.probability("drop_rate")));
        fc = child("fc", Linear.of(embeddingSize(), options.classes()));
        for (var module : modules().values()) {
            if (module instanceof Conv2d conv) {
                Init.kaimingNormal(conv.weight(), Init.Fan.OUT, Init.RELU);
            } else if (module instanceof Block block && options.flag("zero_init_last")) {
                block.zeroInit();
            }
        }
    }

    private void addLayers(ModelOptions options) {
        var depths = options.integers("layers");
        if (depths.size() != 4) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": 'layers' has four counts of blocks, got " + depths);
        }
        double dropPath = options.probability("drop_path_rate");
        int all = depths.stream().mapToInt(Integer::intValue).sum();
        int in = 64;
        int number = 0;
        for (int stage = 0; stage < 4; stage++) {
            int planes = 64 << stage;
            var blocks = new ArrayList<LayerSpec<Block>>();
            for (int i = 0; i < depths.get(stage); i++) {
                int stride = i == 0 && stage > 0 ? 2 : 1;
                // stochastic depth grows linearly from the first block to the last (Huang et al. 2016, arXiv
                // 1603.09382)
                double drop = all == 1 ? 0 : dropPath * number++ / (all - 1);
                var form = new BlockForm(
                        in, planes, stride, options.integer("cardinality"), options.integer("base_width"), drop);
                blocks.add(() -> bottlenecks ? new Bottleneck(form) : new BasicBlock(form));
                in = planes * expansion();
            }
            layers.add(child("layer" + (stage + 1), Sequential.of(blocks)));
        }
    }

    private int expansion() {
        return bottlenecks ? Bottleneck.EXPANSION : 1;
    }

    /** Maps of layer1 to layer4: {@code [N, 64 e, H/4, W/4]} to {@code [N, 512 e, H/32, W/32]}, e = 1 or 4. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = chain(image, stem);
        for (var layer : layers) {
            x = layer.call(x);
            maps.add(x);
        }
        return maps;
    }

    @Override
    protected Tensor embedding(Tensor image) {
        var path = new ArrayList<>(stem); // [N, 64, H/4, W/4]
        path.addAll(layers); // [N, 512 e, H/32, W/32]
        path.add(globalPool); // [N, 512 e]
        return chain(image, path);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(embedding(image), dropout, fc);
    }

    @Override
    public List<Integer> featureChannels() {
        int e = expansion();
        return List.of(64 * e, 128 * e, 256 * e, 512 * e);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(4, 8, 16, 32);
    }

    @Override
    public int embeddingSize() {
        return 512 * expansion();
    }

    @Override
    public Linear head() {
        return fc;
    }

    @Override
    protected void setHead(int newClasses) {
        fc = replaceChild("fc", Linear.of(embeddingSize(), newClasses).build());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("conv1", "bn1"));
        for (int i = 1; i <= 4; i++) {
            stages.put("layer" + i, List.of("layer" + i));
        }
        stages.put("head", List.of("fc"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.choice("block", List.of("BasicBlock", "Bottleneck"), "the kind of residual block"),
            Option.integers("layers", List.of(2, 2, 2, 2), 1, "blocks in layer1 to layer4"),
            Option.integer("cardinality", 1, 1, "groups of the 3x3 convolutions (ResNeXt)"),
            Option.integer("base_width", 64, 1, "channels per group where a block has 64 planes"),
            Option.flag("zero_init_last", true, "whether blocks begin as identity"),
            Option.number("drop_rate", 0, 0, "probability of dropping a value before the head"),
            Option.number("drop_path_rate", 0, 0, "probability of dropping the last block's residual path"));

    /** timm's variants: name, block, blocks per layer, groups, width per group, parameters. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("seresnet18", "BasicBlock", List.of(2, 2, 2, 2), 1, 64, 11_779_624),
                variant("seresnet34", "BasicBlock", List.of(3, 4, 6, 3), 1, 64, 21_960_416),
                variant("seresnet50", "Bottleneck", List.of(3, 4, 6, 3), 1, 64, 28_088_024),
                variant("seresnet101", "Bottleneck", List.of(3, 4, 23, 3), 1, 64, 49_326_872),
                variant("seresnet152", "Bottleneck", List.of(3, 8, 36, 3), 1, 64, 66_821_848),
                variant("seresnext50_32x4d", "Bottleneck", List.of(3, 4, 6, 3), 32, 4, 27_559_896),
                variant("seresnext101_32x4d", "Bottleneck", List.of(3, 4, 23, 3), 32, 4, 48_955_416));
    }

    private static Architecture<Backbone> variant(
            String name, String block, List<Integer> layers, int cardinality, int baseWidth, long parameters) {
        return new Architecture<Backbone>(
                        name,
                        OPTIONS,
                        parameters,
                        224,
                        "timm 0.9.16",
                        "Hu et al. 2017, arXiv 1709.01507",
                        SeResNet::new)
                .variant(
                        name,
                        parameters,
                        Map.of("block", block, "layers", layers, "cardinality", cardinality, "base_width", baseWidth));
    }

    public static SeResNet seresnet50(int classes) {
        return (SeResNet) Models.classify("seresnet50", Map.of("classes", classes));
    }
}
