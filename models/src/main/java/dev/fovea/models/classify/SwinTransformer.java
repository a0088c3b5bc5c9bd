package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.layer.AdaptiveAvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.GELU;
import dev.fovea.nn.layer.LayerNorm;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.Permute;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.StochasticDepth;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Swin transformer: "Hierarchical Vision Transformer using Shifted Windows", Liu et al. 2021, arXiv 2103.14030, and its second version,
 * "Scaling Up Capacity and Resolution", Liu et al. 2021, arXiv 2111.09883. Pictures {@code [N, 3, H, W]} of any size to logits
 * {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Weights of another window
 * size are {@linkplain #fitted fitted}: in version 1 their tables of biases are resized, in version 2 biases are computed anew.
 */
public final class SwinTransformer extends SequentialBackbone {
    /** Attention in windows, then a perceptron, each with a normalisation (before it; in version 2 behind it) and a shortcut. */
    private static final class Block extends Layer {
        private final boolean normaliseFirst;
        private final LayerNorm norm1;
        private final ShiftedWindowAttention attn;
        private final StochasticDepth stochasticDepth;
        private final LayerNorm norm2;
        private final Sequential mlp;

        Block(ShiftedWindowAttention.Spec attention, int hidden, double drop) {
            int width = attention.width();
            normaliseFirst = attention.version() == 1;
            norm1 = child("norm1", LayerNorm.of(width));
            attn = child("attn", attention);
            stochasticDepth = child("stochastic_depth", StochasticDepth.perSample(drop));
            norm2 = child("norm2", LayerNorm.of(width));
            mlp = child(
                    "mlp",
                    Sequential.of(
                            Linear.of(width, hidden),
                            GELU.of(),
                            Dropout.of(attention.dropout()),
                            Linear.of(hidden, width),
                            Dropout.of(attention.dropout())));
        }

        @Override
        protected Tensor forward(Tensor x) {
            if (normaliseFirst) {
                x = join(x, chain(x, norm1, attn));
                return join(x, chain(x, norm2, mlp));
            }
            x = join(x, chain(x, attn, norm1));
            return join(x, chain(x, mlp, norm2));
        }

        private Tensor join(Tensor x, Tensor branch) {
            var kept = stochasticDepth.call(branch);
            return Grad.isEnabled() || isObserved() ? x.add(kept) : kept.addInPlace(x);
        }
    }

    /** Four neighbours side by side, {@code [N, H, W, C]} to {@code [N, H/2, W/2, 2 C]}; odd sizes are padded. */
    private static final class PatchMerging extends Layer {
        private final boolean normaliseFirst;
        private final Linear reduction;
        private final LayerNorm norm;

        PatchMerging(int width, int version) {
            normaliseFirst = version == 1;
            reduction = child("reduction", Linear.of(4 * width, 2 * width).noBias());
            norm = child("norm", LayerNorm.of(normaliseFirst ? 4L * width : 2L * width));
        }

        @Override
        protected Tensor forward(Tensor x) {
            long height = x.dim(1);
            long width = x.dim(2);
            if (height % 2 != 0 || width % 2 != 0) {
                x = x.pad(0, 0, 0, width % 2, 0, height % 2);
            }
            long channels = x.dim(3);
            var merged = x.reshape(-1, (height + 1) / 2, 2, (width + 1) / 2, 2, channels)
                    .permute(0, 1, 3, 4, 2, 5) // within a column downwards, then the next column
                    .reshape(-1, (height + 1) / 2, (width + 1) / 2, 4 * channels);
            return normaliseFirst ? chain(merged, norm, reduction) : chain(merged, reduction, norm);
        }
    }

    private final LayerNorm norm;
    private final Permute permute;
    private final AdaptiveAvgPool2d avgpool;
    private final Flatten flatten;
    private Linear head;
    private final int width;

    private SwinTransformer(ModelOptions options) {
        super(
                options,
                pair(options, "patch_size").stream()
                        .mapToInt(Integer::intValue)
                        .max()
                        .orElseThrow());
        var depths = options.integers("depths");
        if (depths.isEmpty() || depths.size() != options.integers("num_heads").size()) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": depths and num_heads have one number for each stage; got depths="
                            + depths + ", num_heads=" + options.integers("num_heads"));
        }
        width = options.integer("embed_dim") << (depths.size() - 1);
        addFeatures(steps(options, depths));
        norm = child("norm", LayerNorm.of(width));
        permute = child("permute", Permute.of(0, 3, 1, 2));
        avgpool = child("avgpool", AdaptiveAvgPool2d.of(1));
        flatten = child("flatten", Flatten.of());
        head = child("head", Linear.of(width, options.classes()));
        modules().values().forEach(SwinTransformer::initialise);
    }

    private static void initialise(dev.fovea.nn.Module module) {
        if (module instanceof Linear l) {
            Init.truncatedNormal(l.weight(), 0.02);
            if (l.bias() != null) {
                Init.zeros(l.bias());
            }
        }
    }

    /** Patches, then stages with a merging of neighbours between them. */
    private static List<Step> steps(ModelOptions options, List<Integer> depths) {
        var patch = pair(options, "patch_size");
        int version = options.text("block").equals(VERSION_2) ? 2 : 1;
        var steps = new ArrayList<Step>();
        int width = options.integer("embed_dim");
        var patches = Conv2d.of(options.inChannels(), width, patch.get(0), patch.get(1))
                .stride(patch.get(0), patch.get(1));
        steps.add(new Step(Sequential.of(patches, Permute.of(0, 2, 3, 1), LayerNorm.of(width)), width, patch.get(0)));
        int first = 0;
        for (int i = 0; i < depths.size(); i++) {
            var stage = Sequential.empty().build();
            for (int j = 0; j < depths.get(i); j++) {
                stage.add(block(options, i, j, first + j, version));
            }
            first += depths.get(i);
            int stageWidth = width << i;
            steps.add(new Step(() -> stage, stageWidth, 1));
            if (i + 1 < depths.size()) {
                steps.add(new Step(() -> new PatchMerging(stageWidth, version), 2 * stageWidth, 2));
            }
        }
        return steps;
    }

    private static dev.fovea.nn.LayerSpec<Block> block(
            ModelOptions options, int stage, int place, int number, int version) {
        var window = pair(options, "window_size");
        int width = options.integer("embed_dim") << stage;
        var attention = new ShiftedWindowAttention.Spec(
                width,
                options.integers("num_heads").get(stage),
                new RelativePosition(window.get(0), window.get(1)),
                place % 2 == 1,
                version,
                options.probability("attention_dropout"),
                options.probability("dropout"));
        int last =
                options.integers("depths").stream().mapToInt(Integer::intValue).sum() - 1;
        double drop = last == 0 ? 0 : options.number("stochastic_depth_prob") * number / last;
        int hidden = (int) (width * options.number("mlp_ratio"));
        return () -> new Block(attention, hidden, drop);
    }

    private static List<Integer> pair(ModelOptions options, String name) {
        var pair = options.integers(name);
        if (pair.size() != 2) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": " + name + " has two numbers, height and width; got " + pair);
        }
        return pair;
    }

    /** The maps of each stage, before any normalisation: {@code [N, embed_dim 2^i, H/s, W/s]}, s = 4, 8, 16, 32. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        return super.maps(image).stream().map(x -> x.permute(0, 3, 1, 2)).toList();
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(image, features(), norm, permute, avgpool, flatten);
    }

    @Override
    protected Tensor logits(Tensor image) {
        return chain(image, features(), norm, permute, avgpool, flatten, head);
    }

    @Override
    public int embeddingSize() {
        return width;
    }

    @Override
    public Linear head() {
        return head;
    }

    @Override
    protected void setHead(int newClasses) {
        head = replaceChild("head", Linear.of(width, newClasses).build());
        initialise(head);
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = featureStages();
        stages.put("norm", List.of("norm"));
        stages.put("head", List.of("head"));
        return stages;
    }

    /** Tables of another window: biases of version 1 are resized bicubically, indices and coordinates are this network's own. */
    @Override
    public Tensor fitted(String key, Tensor tensor) {
        int dot = key.lastIndexOf('.');
        String name = key.substring(dot + 1);
        boolean owned = dot > 0 && name.startsWith("relative_");
        if (owned && modules().get(key.substring(0, dot)) instanceof ShiftedWindowAttention attention) {
            return attention.fitted(name, tensor);
        }
        return tensor;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final String VERSION_2 = "SwinTransformerBlockV2";

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.choice("block", List.of("SwinTransformerBlock", VERSION_2), "the first or the second version"),
            Option.integers("patch_size", List.of(4, 4), 1, "height and width of a patch in pixels"),
            Option.integer("embed_dim", 96, 1, "channels of the first stage; each next one has twice as many"),
            Option.integers("depths", List.of(2, 2, 6, 2), 1, "blocks of each stage"),
            Option.integers("num_heads", List.of(3, 6, 12, 24), 1, "attention heads of each stage"),
            Option.integers("window_size", List.of(7, 7), 1, "height and width of a window in patches"),
            Option.number("mlp_ratio", 4, 0.01, "units inside a block's perceptron for each channel"),
            Option.number("dropout", 0, 0, "probability of dropping a value"),
            Option.number("attention_dropout", 0, 0, "probability of dropping an attention weight"),
            Option.number("stochastic_depth_prob", 0.1, 0, "probability of leaving out the last block in training"));

    /** torchvision's variants: width, third depth, heads, stochastic depth, parameters; and the bare constructor. */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("swin_t", 1, 96, 6, 0.2, 28_288_354),
                variant("swin_s", 1, 96, 18, 0.3, 49_606_258),
                variant("swin_b", 1, 128, 18, 0.5, 87_768_224),
                variant("swin_v2_t", 2, 96, 6, 0.2, 28_351_570),
                variant("swin_v2_s", 2, 96, 18, 0.3, 49_737_442),
                variant("swin_v2_b", 2, 128, 18, 0.5, 87_930_848),
                variant("swin_transformer", 1, 96, 6, 0.1, 28_288_354));
    }

    private static Architecture<Backbone> variant(
            String name, int version, int width, int thirdDepth, double drop, long parameters) {
        int heads = width / 32;
        int window = version == 1 ? 7 : 8;
        return new Architecture<Backbone>(
                        name,
                        OPTIONS,
                        parameters,
                        version == 1 ? 224 : 256,
                        "torchvision 0.14.1",
                        version == 1 ? "Liu et al. 2021, arXiv 2103.14030" : "Liu et al. 2021, arXiv 2111.09883",
                        SwinTransformer::new)
                .variant(
                        name,
                        parameters,
                        Map.of(
                                "block",
                                version == 1 ? "SwinTransformerBlock" : VERSION_2,
                                "embed_dim",
                                width,
                                "depths",
                                List.of(2, 2, thirdDepth, 2),
                                "num_heads",
                                List.of(heads, 2 * heads, 4 * heads, 8 * heads),
                                "window_size",
                                List.of(window, window),
                                "stochastic_depth_prob",
                                drop));
    }
}
