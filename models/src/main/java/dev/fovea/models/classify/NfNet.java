package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Identity;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.ScaledStdConv2d;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Networks without normalisation: "High-Performance Large-Scale Image Recognition Without Normalization", Brock et al. 2021, arXiv
 * 2102.06171. Pictures {@code [N, 3, H, W]} of any size to logits {@code [N, classes]}. Large batches are trained with
 * {@linkplain dev.fovea.nn.optim.GradientClip#adaptive adaptive gradient clipping}.
 *
 * <p>Takes the weights of timm 0.9.16 (Apache-2.0): names, shapes, initial values and outputs are equal. {@code dm_} variants are the
 * authors' own; the others fold the factors of activations into the convolutions and leave out the learned gain of each block.
 */
public final class NfNet extends Backbone {
    /** The mean of each channel, dropout, the classifier. */
    private static final class Head extends Layer {
        private final Layer pool;
        private final Dropout drop;
        private final Layer flatten;
        private Linear fc;

        Head(int width, int classes, double dropout) {
            pool = child("global_pool", new Means());
            drop = child("drop", Dropout.of(dropout));
            fc = child("fc", Linear.of(width, classes));
            flatten = child("flatten", Identity.of());
        }

        void replace(Linear newFc) {
            fc = replaceChild("fc", newFc);
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, pool, drop, fc, flatten);
        }
    }

    /** {@code [N, C, H, W]} to {@code [N, C]}. */
    private static final class Means extends Layer {
        @Override
        protected Tensor forward(Tensor x) {
            return x.mean(false, 2, 3);
        }
    }

    private final List<Integer> channels;
    private final int width;
    private final boolean zeroHead;
    private final Sequential stem;
    private final Sequential stages;
    private final ScaledStdConv2d finalConv;
    private final Layer finalAct;
    private final Head head;

    private NfNet(ModelOptions options) {
        super(options, 1);
        double factor = options.number("width_factor");
        channels = options.integers("channels").stream()
                .map(c -> SequentialBackbone.roundChannels(c * factor, 8))
                .toList();
        var depths = options.integers("depths");
        if (channels.isEmpty() || channels.size() != depths.size()) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": channels and depths have one number for each stage; got channels="
                            + channels + ", depths=" + depths);
        }
        zeroHead = options.flag("zero_init_fc");
        width = SequentialBackbone.roundChannels(options.integer("num_features") * factor, 8);
        var style = style(options);
        int stemWidth = SequentialBackbone.roundChannels(options.integer("stem_chs") * factor, 8);
        stem = child("stem", stem(style, options.inChannels(), stemWidth));
        stages = child("stages", stages(options, style, stemWidth));
        int last = channels.get(channels.size() - 1);
        finalConv = child("final_conv", style.convolution(last, width, 1, 1, 1));
        finalAct = child("final_act", style.activation());
        head = child("head", new Head(width, options.classes(), options.probability("drop_rate")));
        modules().values().forEach(this::initialise);
    }

    private static NfNetBlock.Style style(ModelOptions options) {
        return new NfNetBlock.Style(
                options.text("act_layer"),
                options.text("attn_layer"),
                options.number("rd_ratio"),
                options.number("attn_gain"),
                options.number("alpha"),
                options.flag("extra_conv"),
                options.flag("gamma_in_act"),
                options.flag("same_padding"),
                options.flag("skipinit"),
                options.number("std_conv_eps"));
    }

    /** Four convolutions of 3x3, of which the first and the last stride. */
    private static LayerSpec<Sequential> stem(NfNetBlock.Style style, int in, int out) {
        var layers = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        layers.put("conv1", style.convolution(in, out / 8, 3, 2, 1));
        layers.put("act2", style.activation());
        layers.put("conv2", style.convolution(out / 8, out / 4, 3, 1, 1));
        layers.put("act3", style.activation());
        layers.put("conv3", style.convolution(out / 4, out / 2, 3, 1, 1));
        layers.put("act4", style.activation());
        layers.put("conv4", style.convolution(out / 2, out, 3, 2, 1));
        return Sequential.named(layers);
    }

    private LayerSpec<Sequential> stages(ModelOptions options, NfNetBlock.Style style, int stemWidth) {
        var depths = options.integers("depths");
        int last = depths.stream().mapToInt(Integer::intValue).sum() - 1;
        var stageSpecs = new ArrayList<LayerSpec<Sequential>>();
        int in = stemWidth;
        int number = 0;
        double variance = 1; // expected of the values that reach a block
        for (int i = 0; i < depths.size(); i++) {
            int out = channels.get(i);
            int middle = SequentialBackbone.roundChannels(out * options.number("bottle_ratio"), 8);
            int groups = groups(options, middle);
            var blocks = new ArrayList<LayerSpec<NfNetBlock>>();
            for (int j = 0; j < depths.get(i); j++, number++) {
                int from = in;
                int stride = i > 0 && j == 0 ? 2 : 1;
                double beta = 1 / Math.sqrt(variance);
                double drop = last == 0 ? 0 : options.number("drop_path_rate") * number / last;
                int inside = middle / groups * groups;
                blocks.add(() -> new NfNetBlock(style, from, out, inside, groups, stride, beta, drop));
                variance = (j == 0 ? 1 : variance) + style.alpha() * style.alpha();
                in = out;
            }
            stageSpecs.add(Sequential.of(blocks));
        }
        return Sequential.of(stageSpecs);
    }

    /** As many groups of {@code group_size} channels as fit. */
    private static int groups(ModelOptions options, int middle) {
        int size = options.integer("group_size");
        if (size == 0) {
            return 1;
        }
        if (middle % size != 0) {
            throw new IllegalArgumentException(options.spec().name() + ": group_size=" + size + " does not divide the "
                    + middle + " channels inside a block; choose another, or 0 for one group");
        }
        return middle / size;
    }

    private void initialise(Module module) {
        if (module instanceof ScaledStdConv2d c) {
            Init.kaimingNormal(c.weight(), Init.Fan.IN, Init.LINEAR);
            Init.zeros(c.bias());
        } else if (module instanceof Conv2d c) {
            Init.kaimingNormal(c.weight(), Init.Fan.IN, Init.LINEAR);
            Init.zeros(c.bias());
        } else if (module instanceof Linear l) {
            if (zeroHead) {
                Init.zeros(l.weight());
            } else {
                Init.normal(l.weight(), 0, 0.01);
            }
            Init.zeros(l.bias());
        }
    }

    /** The maps of each stage; the last one behind the final convolution: strides 4, 8, 16, 32. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = stem.call(image);
        for (var stage : stages.stages()) {
            x = stage.call(x);
            maps.add(x);
        }
        maps.set(maps.size() - 1, chain(x, finalConv, finalAct));
        return maps;
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(image, stem, stages, finalConv, finalAct, head.pool);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(image, stem, stages, finalConv, finalAct, head);
    }

    @Override
    public List<Integer> featureChannels() {
        var all = new ArrayList<>(channels);
        all.set(all.size() - 1, width);
        return all;
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
        return width;
    }

    @Override
    public Linear head() {
        return head.fc;
    }

    @Override
    protected void setHead(int newClasses) {
        head.replace(Linear.of(width, newClasses).build());
        initialise(head.fc);
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var paths = new LinkedHashMap<String, List<String>>();
        paths.put("stem", List.of("stem"));
        for (int i = 0; i < channels.size(); i++) {
            paths.put("stage" + (i + 1), List.of("stages." + i));
        }
        paths.put("final_conv", List.of("final_conv"));
        paths.put("head", List.of("head.fc"));
        return paths;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.integers("depths", List.of(1, 2, 6, 3), 1, "blocks of each stage"),
            Option.integers("channels", List.of(256, 512, 1536, 1536), 8, "channels of each stage"),
            Option.integer("stem_chs", 128, 8, "channels of the stem"),
            Option.integer("num_features", 3072, 8, "channels of the last convolution"),
            Option.number("width_factor", 1, 0.01, "factor on all channel counts"),
            Option.number("bottle_ratio", 0.5, 0.01, "channels inside a block for each channel"),
            Option.integer("group_size", 128, 0, "channels of a group inside a block; 0: one group"),
            Option.choice("act_layer", List.of("gelu", "silu", "relu"), "the activation"),
            Option.choice("attn_layer", List.of("se", "eca", "none"), "how channels are weighed"),
            Option.number("rd_ratio", 0.5, 0.001, "squeezed channels for each channel (se)"),
            Option.number("attn_gain", 2, 0, "factor behind the weighing"),
            Option.number("alpha", 0.2, 0, "factor on each residual branch"),
            Option.flag("extra_conv", true, "whether blocks have a second convolution of 3x3"),
            Option.flag("gamma_in_act", false, "whether activations are scaled rather than weights"),
            Option.flag("same_padding", false, "whether maps are padded by TensorFlow's rule"),
            Option.flag("skipinit", false, "whether each branch has a learned gain, 0 at first"),
            Option.number("std_conv_eps", 1e-5, 0, "eps of the standardisation of weights"),
            Option.flag("zero_init_fc", false, "whether the head starts from zeros"),
            Option.number("drop_rate", 0, 0, "probability of dropping a value before the head"),
            Option.number("drop_path_rate", 0, 0, "probability of leaving out the last block in training"));

    private static final int[] SIZES = {192, 224, 256, 320, 384, 416, 448, 480};
    private static final int[] LIGHT_SIZES = {224, 256, 320, 352};

    private static final long[] PARAMETERS = {
        71_489_272, 132_634_232, 193_779_192, 254_924_152, 316_069_112, 377_214_072, 438_359_032, 499_503_992
    };
    private static final long[] LIGHT_PARAMETERS = {24_143_924, 41_407_728, 56_722_348, 72_036_968};

    /** timm's variants: with every step from F0 to F7 each stage gets as many blocks more as it has in F0. */
    public static List<Architecture<Backbone>> architectures() {
        var all = new ArrayList<Architecture<Backbone>>();
        for (int i = 0; i < PARAMETERS.length; i++) {
            all.add(variant("nfnet_f" + i, SIZES[i], PARAMETERS[i], Map.of("depths", depths(i))));
        }
        for (int i = 0; i < PARAMETERS.length - 1; i++) {
            long gains = 12L * (i + 1); // one in each block
            all.add(variant(
                    "dm_nfnet_f" + i,
                    SIZES[i],
                    PARAMETERS[i] + gains,
                    Map.of("depths", depths(i), "gamma_in_act", true, "same_padding", true, "skipinit", true)));
        }
        Map<String, Object> light =
                Map.of("bottle_ratio", 0.25, "group_size", 64, "act_layer", "silu", "num_features", 2304);
        var squeezed = new LinkedHashMap<>(light);
        squeezed.put("rd_ratio", 0.25);
        all.add(variant("nfnet_l0", 224, 35_074_488, squeezed));
        for (int i = 0; i < LIGHT_PARAMETERS.length; i++) {
            var efficient = new LinkedHashMap<>(light);
            efficient.put("attn_layer", "eca");
            efficient.put("depths", depths(i));
            efficient.put("num_features", i == 0 ? 2304 : 3072);
            all.add(variant("eca_nfnet_l" + i, LIGHT_SIZES[i], LIGHT_PARAMETERS[i], efficient));
        }
        return all;
    }

    private static List<Integer> depths(int step) {
        return List.of(step + 1, 2 * (step + 1), 6 * (step + 1), 3 * (step + 1));
    }

    private static Architecture<Backbone> variant(
            String name, int size, long parameters, Map<String, Object> standards) {
        return new Architecture<Backbone>(
                        name,
                        OPTIONS,
                        parameters,
                        size,
                        "timm 0.9.16",
                        "Brock et al. 2021, arXiv 2102.06171",
                        NfNet::new)
                .variant(name, parameters, standards);
    }
}
