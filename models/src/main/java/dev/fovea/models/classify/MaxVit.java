package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.GELU;
import dev.fovea.nn.layer.Identity;
import dev.fovea.nn.layer.LayerNorm;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.SiLU;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.nn.layer.Tanh;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * MaxViT: "Multi-Axis Vision Transformer", Tu et al. 2022, arXiv 2204.01697. Pictures {@code [N, 3, H, W]} to logits
 * {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Pictures may have any
 * size whose maps the partition divides, square or not.
 */
public final class MaxVit extends Backbone {
    /** Wide 1x1, depthwise 3x3, squeeze and excitation, narrow 1x1; with a shortcut, which is pooled and widened where they stride. */
    private static final class MBConv extends Layer {
        private final Layer proj;
        private final StochasticDepth stochasticDepth;
        private final Sequential layers;

        MBConv(ModelOptions options, int in, int out, int stride, double drop) {
            var shortcut = new ArrayList<LayerSpec<? extends Layer>>();
            if (stride == 2) {
                shortcut.add(AvgPool2d.of(3).stride(2).padding(1));
            }
            shortcut.add(Conv2d.of(in, out, 1));
            boolean changes = stride != 1 || in != out;
            proj = child(
                    "proj",
                    changes ? Sequential.of(shortcut).build() : Identity.of().build());
            stochasticDepth = child("stochastic_depth", StochasticDepth.perSample(drop));
            int middle = (int) (out * options.number("expansion_ratio"));
            int squeezed = (int) (out * options.number("squeeze_ratio"));
            var steps = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
            steps.put("pre_norm", norm(in));
            steps.put("conv_a", convolution(Conv2d.of(in, middle, 1)));
            steps.put(
                    "conv_b",
                    convolution(Conv2d.of(middle, middle, 3)
                            .stride(stride)
                            .padding(1)
                            .groups(middle)));
            steps.put("squeeze_excitation", SqueezeExcitation.of(middle, squeezed, SiLU.of(), Sigmoid.of()));
            steps.put("conv_c", Conv2d.of(middle, out, 1));
            layers = child("layers", Sequential.named(steps));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = stochasticDepth.call(layers.call(x));
            var shortcut = proj.call(x);
            return isObserved() ? residual.add(shortcut) : residual.addInPlace(shortcut);
        }
    }

    /** Attention among the places of a window, then a perceptron; the windows are neighbouring places or a grid over the whole map. */
    private static final class PartitionAttention extends Layer {
        private final boolean grid;
        private final int side;
        private final Sequential attention;
        private final Sequential perceptron;
        private final StochasticDepth stochasticDropout;

        PartitionAttention(ModelOptions options, int width, boolean grid, double drop) {
            this.grid = grid;
            side = options.integer("partition_size");
            int heads = width / options.integer("head_dim");
            int hidden = width * options.integer("mlp_ratio");
            attention = child(
                    "attn_layer",
                    Sequential.of(
                            LayerNorm.of(width),
                            () -> new RelativeAttention(width, heads, side),
                            dev.fovea.nn.layer.Dropout.of(options.probability("attention_dropout"))));
            perceptron = child(
                    "mlp_layer",
                    Sequential.of(
                            LayerNorm.of(width),
                            Linear.of(width, hidden),
                            GELU.of(),
                            Linear.of(hidden, width),
                            dev.fovea.nn.layer.Dropout.of(options.probability("mlp_dropout"))));
            stochasticDropout = child("stochastic_dropout", StochasticDepth.perSample(drop));
        }

        @Override
        protected Tensor forward(Tensor x) {
            long rows = x.dim(2) / side;
            long columns = x.dim(3) / side;
            long channels = x.dim(1);
            var cells = grid
                    ? x.permute(0, 2, 3, 1)
                            .reshape(-1, side, rows, side, columns, channels)
                            .permute(0, 2, 4, 1, 3, 5)
                    : x.permute(0, 2, 3, 1)
                            .reshape(-1, rows, side, columns, side, channels)
                            .permute(0, 1, 3, 2, 4, 5);
            var windows = cells.reshape(-1, rows * columns, (long) side * side, channels);
            windows = windows.add(stochasticDropout.call(attention.call(windows)));
            windows = windows.add(stochasticDropout.call(perceptron.call(windows)));
            var back = windows.reshape(-1, rows, columns, side, side, channels);
            return (grid ? back.permute(0, 3, 1, 4, 2, 5) : back.permute(0, 1, 3, 2, 4, 5))
                    .reshape(-1, rows * side, columns * side, channels)
                    .permute(0, 3, 1, 2); // in memory [N, H, W, C]
        }
    }

    /** One layer: convolution, attention in windows, attention in a grid. */
    private static final class MaxVitLayer extends Layer {
        private final Sequential layers;

        MaxVitLayer(ModelOptions options, int in, int out, int stride, double drop) {
            var steps = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
            steps.put("MBconv", () -> new MBConv(options, in, out, stride, drop));
            steps.put("window_attention", () -> new PartitionAttention(options, out, false, drop));
            steps.put("grid_attention", () -> new PartitionAttention(options, out, true, drop));
            layers = child("layers", Sequential.named(steps));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return layers.call(x);
        }
    }

    /** Layers at one scale, the first of which halves the map. */
    private static final class MaxVitBlock extends Layer {
        private final ModuleList<MaxVitLayer> layers;

        MaxVitBlock(List<LayerSpec<MaxVitLayer>> specs) {
            layers = child("layers", ModuleList.of(specs));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, layers);
        }
    }

    private static LayerSpec<BatchNorm2d> norm(int channels) {
        return BatchNorm2d.of(channels).eps(1e-3).momentum(0.99);
    }

    private static LayerSpec<Sequential> convolution(Conv2d.Spec conv) {
        return Sequential.of(conv.noBias(), norm(conv.out()), GELU.of());
    }

    private final int partition;
    private final List<Integer> channels;
    private final Sequential stem;
    private final ModuleList<MaxVitBlock> blocks;
    private final Sequential classifier;

    private MaxVit(ModelOptions options) {
        super(options, 1);
        partition = options.integer("partition_size");
        channels = options.integers("block_channels");
        check(options);
        int width = options.integer("stem_channels");
        stem = child(
                "stem",
                Sequential.of(
                        convolution(Conv2d.of(options.inChannels(), width, 3)
                                .stride(2)
                                .padding(1)),
                        Sequential.of(Conv2d.of(width, width, 3).padding(1))));
        blocks = child("blocks", ModuleList.of(blocks(options, width)));
        int last = embeddingSize();
        classifier = child(
                "classifier",
                Sequential.of(
                        AdaptiveAvgPool2d.of(1),
                        Flatten.of(),
                        LayerNorm.of(last),
                        Linear.of(last, last),
                        Tanh.of(),
                        Linear.of(last, options.classes()).noBias()));
        modules().values().forEach(MaxVit::initialise);
    }

    private void check(ModelOptions options) {
        String name = options.spec().name();
        int head = options.integer("head_dim");
        if (channels.isEmpty()
                || channels.size() != options.integers("block_layers").size()) {
            throw new IllegalArgumentException(name
                    + ": block_channels and block_layers have one number for each block; got block_channels=" + channels
                    + ", block_layers=" + options.integers("block_layers"));
        }
        if (channels.stream().anyMatch(c -> c % head != 0)) {
            throw new IllegalArgumentException(name + ": head_dim must divide all block_channels; got head_dim=" + head
                    + ", block_channels=" + channels);
        }
        var size = options.integers("input_size");
        if (size.size() != 2) {
            throw new IllegalArgumentException(name + ": input_size has two numbers, height and width; got " + size);
        }
        String misfit = misfit(size.get(0), size.get(1));
        if (misfit != null) {
            throw new IllegalArgumentException(name + ": input_size=" + size + ": " + misfit);
        }
    }

    private static List<LayerSpec<MaxVitBlock>> blocks(ModelOptions options, int stemWidth) {
        var depths = options.integers("block_layers");
        int last = depths.stream().mapToInt(Integer::intValue).sum() - 1;
        var blocks = new ArrayList<LayerSpec<MaxVitBlock>>();
        int in = stemWidth;
        int number = 0;
        for (int i = 0; i < depths.size(); i++) {
            int out = options.integers("block_channels").get(i);
            var layers = new ArrayList<LayerSpec<MaxVitLayer>>();
            for (int j = 0; j < depths.get(i); j++, number++) {
                int from = in;
                int stride = j == 0 ? 2 : 1;
                double drop = last == 0 ? 0 : options.number("stochastic_depth_prob") * number / last;
                layers.add(() -> new MaxVitLayer(options, from, out, stride, drop));
                in = out;
            }
            blocks.add(() -> new MaxVitBlock(layers));
        }
        return blocks;
    }

    private static void initialise(Module module) {
        if (module instanceof Conv2d c) {
            Init.normal(c.weight(), 0, 0.02);
            if (c.bias() != null) {
                Init.zeros(c.bias());
            }
        } else if (module instanceof Linear l) {
            Init.normal(l.weight(), 0, 0.02);
            if (l.bias() != null) {
                Init.zeros(l.bias());
            }
        }
    }

    @Override
    protected String expectation(Tensor image) {
        return misfit(image.dim(2), image.dim(3));
    }

    /** Why pictures of a size cannot be partitioned, and what to do; null if they can. */
    private String misfit(long height, long width) {
        long h = (height + 1) / 2;
        long w = (width + 1) / 2;
        for (int i = 0; i < channels.size(); i++) {
            h = (h + 1) / 2;
            w = (w + 1) / 2;
            if (h % partition != 0 || w % partition != 0) {
                long step = (2L << channels.size()) * partition;
                return "the maps of block " + (i + 1) + " would have " + h + "x" + w + " places, which partitions of "
                        + partition + "x" + partition + " do not cover; resize the pictures to a multiple of " + step
                        + ", or build the network with another partition_size and input_size";
            }
        }
        return null;
    }

    /** The maps of each block: {@code [N, block_channels[i], H/s, W/s]}, s = 4, 8, 16, 32. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = stem.call(image);
        for (var block : blocks) {
            x = block.call(x);
            maps.add(x);
        }
        return maps;
    }

    private Tensor last(Tensor image) {
        var path = new ArrayList<Layer>(List.of(stem));
        blocks.forEach(path::add);
        return chain(image, path);
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(last(image), SequentialBackbone.butLast(classifier));
    }

    @Override
    protected Tensor logits(Tensor image) {
        return classifier.call(last(image));
    }

    @Override
    public List<Integer> featureChannels() {
        return channels;
    }

    @Override
    public List<Integer> featureStrides() {
        var strides = new ArrayList<Integer>();
        for (int i = 0; i < channels.size(); i++) {
            strides.add(4 << i);
        }
        return strides;
    }

    @Override
    public int embeddingSize() {
        return channels.get(channels.size() - 1);
    }

    @Override
    public Layer head() {
        return classifier.stages().get(5);
    }

    @Override
    protected void setHead(int newClasses) {
        classifier.replace("5", Linear.of(embeddingSize(), newClasses).noBias());
        initialise(head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("stem"));
        for (int i = 0; i < channels.size(); i++) {
            stages.put("block" + (i + 1), List.of("blocks." + i));
        }
        stages.put("classifier", List.of("classifier.2", "classifier.3"));
        stages.put("head", List.of("classifier.5"));
        return stages;
    }

    /** Tables of biases of another partition are resized bicubically; the indices are this network's own. */
    @Override
    public Tensor fitted(String key, Tensor tensor) {
        int dot = key.lastIndexOf('.');
        boolean owned = dot > 0 && key.startsWith("relative_", dot + 1);
        if (owned && modules().get(key.substring(0, dot)) instanceof RelativeAttention attention) {
            return attention.fitted(key.substring(dot + 1), tensor);
        }
        return tensor;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.integers(
                    "input_size", List.of(224, 224), 1, "height and width of the pictures, to be checked early"),
            Option.integer("stem_channels", 64, 1, "channels of the stem"),
            Option.integer("partition_size", 7, 1, "side of a window, and of the grid, in places"),
            Option.integers("block_channels", List.of(64, 128, 256, 512), 1, "channels of each block"),
            Option.integers("block_layers", List.of(2, 2, 5, 2), 1, "layers of each block"),
            Option.integer("head_dim", 32, 1, "channels of an attention head"),
            Option.number("squeeze_ratio", 0.25, 0.001, "squeezed channels for each channel"),
            Option.number("expansion_ratio", 4, 0.001, "channels inside a convolution for each channel"),
            Option.integer("mlp_ratio", 4, 1, "units inside a perceptron for each channel"),
            Option.number("mlp_dropout", 0, 0, "probability of dropping a value"),
            Option.number("attention_dropout", 0, 0, "probability of dropping a value that attention gave"),
            Option.number("stochastic_depth_prob", 0.2, 0, "probability of leaving out the last layer in training"));

    /** torchvision's variant, and the bare constructor. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(variant("maxvit_t"), variant("maxvit"));
    }

    private static Architecture<Backbone> variant(String name) {
        return new Architecture<Backbone>(
                name, OPTIONS, 30_919_624, 224, "torchvision 0.14.1", "Tu et al. 2022, arXiv 2204.01697", MaxVit::new);
    }
}
