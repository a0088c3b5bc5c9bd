package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.classify.EfficientNet.Row;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.BatchNorm;
import dev.fovea.nn.layer.BatchNormAct2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.Identity;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.SiLU;
import dev.fovea.nn.layer.Sigmoid;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * EfficientNet as TensorFlow computes it, B0 to B8 and L2: Tan and Le 2019, arXiv 1905.11946; L2 and the weights of noisy students: Xie et al.
 * 2019, arXiv 1911.04252; B8: Xie et al. 2019, arXiv 1911.09665. Pictures {@code [N, 3, H, W]} to logits {@code [N, classes]}.
 *
 * <p>Takes the weights of pytorch-image-models 0.9.16 (Apache-2.0), {@code tf_efficientnet_*}: names, shapes, initial values and outputs are
 * equal. Differs from {@link EfficientNet}: {@linkplain dev.fovea.nn.layer.SamePadding SAME} padding, whose odd pixel goes to the right and
 * the bottom, and eps 0.001 in batch normalisation. The standard dropout and depth dropping are those of the paper's training, where the
 * reference has 0 unless asked.
 */
public final class TfEfficientNet extends Backbone {
    /** eps and momentum of all normalisations. */
    private record Norm(double eps, double momentum) {
        BatchNorm.Spec<BatchNormAct2d> activated(int channels) {
            return BatchNormAct2d.of(channels, SiLU.of()).eps(eps).momentum(momentum);
        }

        BatchNorm.Spec<BatchNormAct2d> plain(int channels) {
            return BatchNormAct2d.of(channels, Identity.of()).eps(eps).momentum(momentum);
        }
    }

    /** Scales each channel by a weight computed from the means of all channels. */
    private static final class SqueezeExcite extends Layer {
        private final Conv2d convReduce;
        private final Layer act1;
        private final Conv2d convExpand;
        private final Layer gate;

        SqueezeExcite(int channels, int squeezed) {
            convReduce = child("conv_reduce", Conv2d.of(channels, squeezed, 1));
            act1 = child("act1", SiLU.of());
            convExpand = child("conv_expand", Conv2d.of(squeezed, channels, 1));
            gate = child("gate", Sigmoid.of());
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x.mean(true, 2, 3), convReduce, act1, convExpand, gate).mul(x);
        }
    }

    /** A block's layers in order, and the shortcut where sizes allow. */
    private static final class Block extends Layer {
        private final boolean shortcut;
        private final List<Layer> layers = new ArrayList<>();
        private final Layer dropPath;

        Block(Row row, Norm norm, double dropped) {
            shortcut = row.stride() == 1 && row.in() == row.out();
            int expanded = row.expanded();
            boolean wide = row.expansion() > 1;
            var depthwise = Conv2d.of(expanded, expanded, row.kernel())
                    .stride(row.stride())
                    .groups(expanded)
                    .same()
                    .noBias();
            if (wide) {
                add("conv_pw", Conv2d.of(row.in(), expanded, 1).noBias());
                add("bn1", norm.activated(expanded));
            }
            add("conv_dw", depthwise);
            add(wide ? "bn2" : "bn1", norm.activated(expanded));
            add("se", () -> new SqueezeExcite(expanded, (int) Math.rint(row.in() * 0.25)));
            add(wide ? "conv_pwl" : "conv_pw", Conv2d.of(expanded, row.out(), 1).noBias());
            add(wide ? "bn3" : "bn2", norm.plain(row.out()));
            dropPath = child("drop_path", StochasticDepth.perSample(dropped));
        }

        private void add(String name, LayerSpec<? extends Layer> layer) {
            layers.add(child(name, layer));
        }

        @Override
        protected Tensor forward(Tensor x) {
            var residual = chain(x, layers);
            if (!shortcut) {
                return residual;
            }
            residual = dropPath.call(residual);
            return isObserved() ? residual.add(x) : residual.addInPlace(x);
        }
    }

    private final Conv2d convStem;
    private final BatchNormAct2d bn1;
    private final Sequential blocks;
    private final Conv2d convHead;
    private final BatchNormAct2d bn2;
    private final Sequential globalPool;
    private final Dropout dropout;
    private final List<Row> rows;
    private final int width;
    private Linear classifier;

    private TfEfficientNet(ModelOptions options) {
        super(options, 1);
        var norm = new Norm(options.number("bn_eps"), options.number("bn_momentum"));
        double multiplier = options.number("channel_multiplier");
        rows = EfficientNet.B0.stream()
                .map(row -> Row.of(options.spec().name(), row).scaled(multiplier, options.number("depth_multiplier")))
                .toList();
        int stem = rows.get(0).in();
        int last = rows.get(rows.size() - 1).out();
        width = SequentialBackbone.roundChannels(1280 * multiplier, 8);
        convStem = child(
                "conv_stem",
                Conv2d.of(options.inChannels(), stem, 3).stride(2).same().noBias());
        bn1 = child("bn1", norm.activated(stem));
        blocks = child("blocks", Sequential.of(stages(rows, norm, options.probability("drop_path_rate"))));
        convHead = child("conv_head", Conv2d.of(last, width, 1).noBias());
        bn2 = child("bn2", norm.activated(width));
        var pool = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        pool.put("pool", AdaptiveAvgPool2d.of(1));
        pool.put("flatten", Flatten.of());
        globalPool = child("global_pool", Sequential.named(pool));
        dropout = child("drop", Dropout.of(options.probability("drop_rate")));
        classifier = child("classifier", Linear.of(width, options.classes()));
        initialise();
    }

    /** The branches of later blocks are dropped more often: from 0 in proportion to the block's place. */
    private static List<LayerSpec<Sequential>> stages(List<Row> rows, Norm norm, double dropPath) {
        int all = rows.stream().mapToInt(Row::blocks).sum();
        var stages = new ArrayList<LayerSpec<Sequential>>();
        int place = 0;
        for (var row : rows) {
            var blocks = new ArrayList<LayerSpec<Block>>();
            for (int i = 0; i < row.blocks(); i++) {
                var form = row.block(i == 0);
                double dropped = dropPath * place++ / all;
                blocks.add(() -> new Block(form, norm, dropped));
            }
            stages.add(Sequential.of(blocks));
        }
        return stages;
    }

    private void initialise() {
        for (var module : modules().values()) {
            if (module instanceof Conv2d c) {
                double fanOut = (double) c.weight().shape().numel()
                        / c.weight().shape().dim(1)
                        / c.spec().groups();
                Init.normal(c.weight(), 0, Math.sqrt(2 / fanOut));
                if (c.bias() != null) {
                    Init.zeros(c.bias());
                }
            }
        }
        initialise(classifier);
    }

    private static void initialise(Linear linear) {
        double bound = 1 / Math.sqrt(linear.spec().out());
        Init.uniform(linear.weight(), -bound, bound);
        Init.zeros(linear.bias());
    }

    /** Maps of strides 4, 8, 16 and 32: of blocks 1, 2, 4 and 6, as the reference gives them to other tasks, without the last convolution. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        var maps = new ArrayList<Tensor>();
        var x = chain(image, convStem, bn1);
        for (int i = 0; i < rows.size(); i++) {
            x = blocks.stages().get(i).call(x);
            if (endsScale(i)) {
                maps.add(x);
            }
        }
        return maps;
    }

    private boolean endsScale(int stage) {
        return stage == rows.size() - 1 || (stage > 0 && rows.get(stage + 1).stride() > 1);
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(image, convStem, bn1, blocks, convHead, bn2, globalPool); // [N, 1280] for B0
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(embedding(image), dropout, classifier);
    }

    @Override
    public List<Integer> featureChannels() {
        var channels = new ArrayList<Integer>();
        for (int i = 0; i < rows.size(); i++) {
            if (endsScale(i)) {
                channels.add(rows.get(i).out());
            }
        }
        return channels;
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(4, 8, 16, 32);
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
        initialise(classifier);
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("conv_stem", "bn1"));
        for (int i = 0; i < rows.size(); i++) {
            stages.put("blocks" + i, List.of("blocks." + i));
        }
        stages.put("conv_head", List.of("conv_head", "bn2"));
        stages.put("head", List.of("classifier"));
        return stages;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    /** Name, picture size, factors on channels and blocks, dropout, parameters. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("tf_efficientnet_b0", 224, 1.0, 1.0, 0.2, 5_288_548),
                variant("tf_efficientnet_b1", 240, 1.0, 1.1, 0.2, 7_794_184),
                variant("tf_efficientnet_b2", 260, 1.1, 1.2, 0.3, 9_109_994),
                variant("tf_efficientnet_b3", 300, 1.2, 1.4, 0.3, 12_233_232),
                variant("tf_efficientnet_b4", 380, 1.4, 1.8, 0.4, 19_341_616),
                variant("tf_efficientnet_b5", 456, 1.6, 2.2, 0.4, 30_389_784),
                variant("tf_efficientnet_b6", 528, 1.8, 2.6, 0.5, 43_040_704),
                variant("tf_efficientnet_b7", 600, 2.0, 3.1, 0.5, 66_347_960),
                variant("tf_efficientnet_b8", 672, 2.2, 3.6, 0.5, 87_413_142),
                variant("tf_efficientnet_l2", 475, 4.3, 5.3, 0.5, 480_309_308));
    }

    private static Architecture<Backbone> variant(
            String name, int size, double channels, double depth, double dropout, long parameters) {
        return new Architecture<Backbone>(
                name,
                List.of(
                        Option.classes(1000),
                        Option.inChannels(3),
                        Option.number("channel_multiplier", channels, 0.01, "factor on all channel counts"),
                        Option.number("depth_multiplier", depth, 0.01, "factor on the numbers of blocks"),
                        Option.number("drop_rate", dropout, 0, "probability of dropping a value before the head"),
                        Option.number("drop_path_rate", 0.2, 0, "probability of dropping the last block's branch"),
                        Option.number("bn_eps", 0.001, 0, "added to variances in batch normalisation"),
                        Option.number("bn_momentum", 0.1, 0, "share of a new batch in the running statistics")),
                parameters,
                size,
                "timm 0.9.16",
                "Tan and Le 2019, arXiv 1905.11946",
                TfEfficientNet::new);
    }

    public static TfEfficientNet tfEfficientnetB0(int classes) {
        return (TfEfficientNet) Models.classify("tf_efficientnet_b0", Map.of("classes", classes));
    }
}
