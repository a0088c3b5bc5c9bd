package dev.fovea.models.classify;

import dev.fovea.models.Architecture;
import dev.fovea.models.Backbone;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.GELU;
import dev.fovea.nn.layer.LayerNorm;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MultiheadAttention;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.Tanh;
import dev.fovea.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Vision transformer: "An Image is Worth 16x16 Words", Dosovitskiy et al. 2020, arXiv 2010.11929. Pictures {@code [N, 3, H, W]} of one size to
 * logits {@code [N, classes]}.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal; its convolutional stem is
 * left out. The options {@code final_norm} and {@code head_activation} are for other people's small variants.
 */
public final class VisionTransformer extends Backbone {
    /** Attention, then a two-layer perceptron, each after a normalisation and with a shortcut. */
    private static final class EncoderBlock extends Layer {
        private final LayerNorm ln1;
        private final MultiheadAttention selfAttention;
        private final Dropout dropout;
        private final LayerNorm ln2;
        private final Sequential mlp;

        EncoderBlock(ModelOptions options) {
            int width = options.integer("hidden_dim");
            int hidden = options.integer("mlp_dim");
            double drop = options.probability("dropout");
            ln1 = child("ln_1", norm(options));
            selfAttention = child(
                    "self_attention",
                    MultiheadAttention.of(width, options.integer("num_heads"))
                            .dropout(options.probability("attention_dropout"))
                            .inBatches());
            dropout = child("dropout", Dropout.of(drop));
            ln2 = child("ln_2", norm(options));
            mlp = child(
                    "mlp",
                    Sequential.of(
                            Linear.of(width, hidden),
                            GELU.of(),
                            Dropout.of(drop),
                            Linear.of(hidden, width),
                            Dropout.of(drop)));
            mlp.stages().forEach(stage -> {
                if (stage instanceof Linear l) {
                    Init.xavierUniform(l.weight(), 1);
                    Init.normal(l.bias(), 0, 1e-6);
                }
            });
        }

        @Override
        protected Tensor forward(Tensor x) {
            var attended = dropout.call(selfAttention.call(ln1.call(x))).add(x);
            return chain(attended, ln2, mlp).add(attended);
        }
    }

    /** Adds positions and runs the blocks. */
    private static final class Encoder extends Layer {
        private final Parameter posEmbedding;
        private final Dropout dropout;
        private final Sequential layers;
        private final LayerNorm ln;

        Encoder(ModelOptions options, int tokens) {
            posEmbedding = parameter("pos_embedding", Tensor.zeros(1, tokens, options.integer("hidden_dim")));
            Init.normal(posEmbedding, 0, 0.02);
            dropout = child("dropout", Dropout.of(options.probability("dropout")));
            var blocks = new LinkedHashMap<String, LayerSpec<EncoderBlock>>();
            for (int i = 0; i < options.integer("num_layers"); i++) {
                blocks.put("encoder_layer_" + i, () -> new EncoderBlock(options));
            }
            layers = child("layers", Sequential.named(blocks));
            ln = options.flag("final_norm") ? child("ln", norm(options)) : null;
        }

        @Override
        protected Tensor forward(Tensor tokens) {
            var x = tokens.add(posEmbedding.value());
            return ln == null ? chain(x, dropout, layers) : chain(x, dropout, layers, ln);
        }
    }

    private static LayerSpec<LayerNorm> norm(ModelOptions options) {
        return LayerNorm.of(options.integer("hidden_dim")).eps(options.number("norm_eps"));
    }

    private final int size;
    private final int patch;
    private final int width;
    private final int representation;
    private final int blocks;
    private final Parameter classToken;
    private final Conv2d convProj;
    private final Encoder encoder;
    private final Sequential heads;

    private VisionTransformer(ModelOptions options) {
        super(options, 1);
        size = options.integer("image_size");
        patch = options.integer("patch_size");
        width = options.integer("hidden_dim");
        representation = options.integer("representation_size");
        blocks = options.integer("num_layers");
        if (size % patch != 0) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": patch_size must divide image_size; got image_size=" + size + ", patch_size=" + patch);
        }
        classToken = parameter("class_token", Tensor.zeros(1, 1, width));
        convProj =
                child("conv_proj", Conv2d.of(options.inChannels(), width, patch).stride(patch));
        Init.truncatedNormal(convProj.weight(), Math.sqrt(1.0 / (options.inChannels() * patch * patch)));
        Init.zeros(convProj.bias());
        encoder = child("encoder", new Encoder(options, size / patch * (size / patch) + 1));
        heads = child("heads", heads(options));
        if (heads.stages().get(0) instanceof Linear preLogits && representation > 0) {
            Init.truncatedNormal(preLogits.weight(), Math.sqrt(1.0 / width));
            Init.zeros(preLogits.bias());
        }
        initialise((Linear) head());
    }

    private LayerSpec<Sequential> heads(ModelOptions options) {
        var layers = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        if (representation > 0) {
            layers.put("pre_logits", Linear.of(width, representation));
            layers.put("act", options.text("head_activation").equals("tanh") ? Tanh.of() : GELU.of());
        }
        layers.put("head", Linear.of(embeddingSize(), options.classes()));
        return Sequential.named(layers);
    }

    /** The published networks start with a head of zeros. */
    private static void initialise(Linear head) {
        Init.zeros(head.weight());
        Init.zeros(head.bias());
    }

    @Override
    protected String expectation(Tensor image) {
        return image.dim(2) == size && image.dim(3) == size
                ? null
                : "it takes pictures of " + size + "x" + size
                        + " only; resize them, or build the network with another image_size";
    }

    /** Patches as tokens behind the class token, through all blocks: {@code [N, 1 + h w, width]}. */
    private Tensor tokens(Tensor image) {
        var patches = convProj.call(image).flatten(2, 3).permute(0, 2, 1); // [N, h w, width]
        var first = classToken.value().expand(image.dim(0), -1, -1);
        return encoder.call(Tensor.cat(List.of(first, patches), 1));
    }

    /** The tokens of the patches where they lie: {@code [N, width, H/patch, W/patch]}. */
    @Override
    protected List<Tensor> maps(Tensor image) {
        long side = size / patch;
        var patches = tokens(image).narrow(1, 1, side * side);
        return List.of(patches.permute(0, 2, 1).reshape(image.dim(0), width, side, side));
    }

    @Override
    protected Tensor embedding(Tensor image) {
        return chain(tokens(image).select(1, 0), SequentialBackbone.butLast(heads));
    }

    @Override
    protected Tensor logits(Tensor image) {
        return heads.call(tokens(image).select(1, 0));
    }

    @Override
    public List<Integer> featureChannels() {
        return List.of(width);
    }

    @Override
    public List<Integer> featureStrides() {
        return List.of(patch);
    }

    @Override
    public int embeddingSize() {
        return representation > 0 ? representation : width;
    }

    @Override
    public Layer head() {
        return heads.stages().get(heads.stages().size() - 1);
    }

    @Override
    protected void setHead(int newClasses) {
        heads.replace("head", Linear.of(embeddingSize(), newClasses));
        initialise((Linear) head());
    }

    @Override
    protected Map<String, List<String>> stagePaths() {
        var stages = new LinkedHashMap<String, List<String>>();
        stages.put("stem", List.of("class_token", "conv_proj", "encoder.pos_embedding"));
        for (int i = 0; i < blocks; i++) {
            stages.put("block" + (i + 1), List.of("encoder.layers.encoder_layer_" + i));
        }
        stages.put("norm", List.of("encoder.ln"));
        stages.put("pre_logits", List.of("heads.pre_logits"));
        stages.put("head", List.of("heads.head"));
        return stages;
    }

    /**
     * Learned positions of another grid of patches are resized bicubically, the class token's stays: as torchvision's
     * {@code interpolate_embeddings} does it. Grids must be square.
     */
    @Override
    public Tensor fitted(String key, Tensor tensor) {
        long tokens = encoder.posEmbedding.shape().dim(1);
        if (!key.equals("encoder.pos_embedding") || tensor.rank() != 3 || tensor.dim(1) == tokens) {
            return tensor;
        }
        long side = Math.round(Math.sqrt((double) tensor.dim(1) - 1));
        if (tensor.dim(0) != 1 || side < 1 || side * side + 1 != tensor.dim(1)) {
            return tensor;
        }
        long newSide = size / patch;
        long length = tensor.dim(2);
        var grid = tensor.narrow(1, 1, side * side)
                .permute(0, 2, 1)
                .reshape(1, length, side, side)
                .interpolate(newSide, newSide, Tensor.Interpolation.BICUBIC, true, false)
                .reshape(1, length, newSide * newSide)
                .permute(0, 2, 1);
        return Tensor.cat(List.of(tensor.narrow(1, 0, 1), grid), 1);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static final List<Option> OPTIONS = List.of(
            Option.classes(1000),
            Option.inChannels(3),
            Option.integer("image_size", 224, 1, "side of the pictures in pixels"),
            Option.integer("patch_size", 16, 1, "side of a patch in pixels"),
            Option.integer("num_layers", 12, 1, "blocks of the encoder"),
            Option.integer("num_heads", 12, 1, "attention heads"),
            Option.integer("hidden_dim", 768, 1, "the length of a token"),
            Option.integer("mlp_dim", 3072, 1, "units inside a block's perceptron"),
            Option.number("dropout", 0, 0, "probability of dropping a value"),
            Option.number("attention_dropout", 0, 0, "probability of dropping an attention weight"),
            Option.integer("representation_size", 0, 0, "units of a hidden layer before the head; 0: none"),
            Option.choice("head_activation", List.of("tanh", "gelu"), "after that hidden layer"),
            Option.flag("final_norm", true, "whether the encoder ends with a normalisation"),
            Option.number("norm_eps", 1e-6, 0, "eps of the layer normalisations"));

    /**
     * torchvision's variants: patch, layers, heads, width, perceptron, parameters; its bare constructor; and two for small pictures, of
     * which {@code vit_tiny} has DeiT-Ti's width (Touvron et al. 2020, arXiv 2012.12877) and half its depth.
     */
    public static List<Architecture<Backbone>> architectures() {
        return List.of(
                variant("vit_b_16", 16, 12, 12, 768, 3072, 86_567_656),
                variant("vit_b_32", 32, 12, 12, 768, 3072, 88_224_232),
                variant("vit_l_16", 16, 24, 16, 1024, 4096, 304_326_632),
                variant("vit_l_32", 32, 24, 16, 1024, 4096, 306_535_400),
                variant("vit_h_14", 14, 32, 16, 1280, 5120, 632_045_800),
                variant("vision_transformer", 16, 12, 12, 768, 3072, 86_567_656),
                new Architecture<Backbone>(
                                "vit_tiny",
                                OPTIONS,
                                2_693_578,
                                32,
                                "torchvision 0.14.1",
                                "Dosovitskiy et al. 2020, arXiv 2010.11929",
                                VisionTransformer::new)
                        .variant("vit_tiny", 2_693_578, SMALL_COLOUR),
                new Architecture<Backbone>(
                                "vit_tiny_mnist",
                                OPTIONS,
                                214_794,
                                28,
                                "pytorch/android-demo-app",
                                "Dosovitskiy et al. 2020, arXiv 2010.11929",
                                VisionTransformer::new)
                        .variant("vit_tiny_mnist", 214_794, TINY));
    }

    private static final Map<String, Object> TINY = tiny();
    private static final Map<String, Object> SMALL_COLOUR = smallColour();

    private static Map<String, Object> smallColour() {
        var standards = standards(4, 6, 3, 192, 768);
        standards.put("classes", 10);
        standards.put("image_size", 32);
        return standards;
    }

    private static Map<String, Object> tiny() {
        var standards = standards(7, 6, 8, 64, 128);
        standards.put("classes", 10);
        standards.put("in_channels", 1);
        standards.put("image_size", 28);
        standards.put("representation_size", 128);
        standards.put("head_activation", "gelu");
        standards.put("final_norm", false);
        standards.put("norm_eps", 1e-5);
        return standards;
    }

    private static Map<String, Object> standards(int patch, int layers, int heads, int width, int perceptron) {
        var standards = new LinkedHashMap<String, Object>();
        standards.put("patch_size", patch);
        standards.put("num_layers", layers);
        standards.put("num_heads", heads);
        standards.put("hidden_dim", width);
        standards.put("mlp_dim", perceptron);
        return standards;
    }

    private static Architecture<Backbone> variant(
            String name, int patch, int layers, int heads, int width, int perceptron, long parameters) {
        return new Architecture<Backbone>(
                        name,
                        OPTIONS,
                        parameters,
                        224,
                        "torchvision 0.14.1",
                        "Dosovitskiy et al. 2020, arXiv 2010.11929",
                        VisionTransformer::new)
                .variant(name, parameters, standards(patch, layers, heads, width, perceptron));
    }
}
