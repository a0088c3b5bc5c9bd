package dev.fovea.models.neck;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** A classifier's {@link Trunk} ({@code body}) and a {@link Neck} on its maps ({@code fpn}). */
public final class PyramidBackbone extends Module {
    /** Channels of all maps, as published. */
    public static final int CHANNELS = 256;

    private static final double MOMENTUM = 0.1;

    private final Trunk trunk;
    private final Neck neck;
    private final int channels;

    public PyramidBackbone(Trunk trunk, boolean normalised, FeaturePyramid.Extra extra) {
        this(trunk, new FeaturePyramid(trunk.channels(), CHANNELS, normalised, extra), CHANNELS);
    }

    private <N extends Module & Neck> PyramidBackbone(Trunk trunk, N neck, int channels) {
        this.trunk = trunk;
        this.channels = channels;
        child("body", trunk.body());
        this.neck = child("fpn", neck);
    }

    /** Pictures {@code [N, 3, H, W]} to maps {@code [N, channels, H_i, W_i]}, finest first. */
    public List<Tensor> call(Tensor image) {
        return run(() -> neck.call(trunk.maps().of(image)));
    }

    /** Channels of all maps. */
    public int channels() {
        return channels;
    }

    /** The classifier. */
    public BackboneOrigin origin() {
        return trunk.origin();
    }

    // --- by options ------------------------------------------------------------------------------------------------

    /** The options that {@link #of} reads. */
    public static List<Option> options(String backbone, int stages) {
        return List.of(
                Option.text("backbone", backbone, "the classifier it builds on"),
                Option.choice(
                        "norm",
                        List.of("batch", "frozen"),
                        "frozen: the backbone's batch normalisation is constant, as in published weights"),
                Option.number("norm_eps", 1e-5, 0, "added to variances in the backbone; 0 for some published weights"),
                Option.integer(
                        "trainable_backbone_layers",
                        stages,
                        0,
                        "stages of the backbone, from its end, that are trained"));
    }

    /**
     * The backbone that options choose, with its last {@code levels} maps. Networks that are one sequence with striding blocks
     * (MobileNets) give the maps after these, two at most, as the reference.
     */
    public static PyramidBackbone of(ModelOptions options, int levels, boolean normalised, FeaturePyramid.Extra extra) {
        var backbone = Trunk.classifier(options);
        int maps = backbone.featureChannels().size();
        var trunk = backbone.spec().name().startsWith("mobilenet_")
                ? Trunk.ofStriding(backbone, Math.min(levels, 2), norm(options))
                : Trunk.of(
                        backbone,
                        IntStream.range(Math.max(0, maps - levels), maps)
                                .boxed()
                                .toList(),
                        norm(options));
        train(trunk, options);
        return new PyramidBackbone(trunk, normalised, extra);
    }

    /** The options that {@link #ofAny} reads: those of {@link #of} and which neck. */
    public static List<Option> anyOptions(String backbone) {
        var options = new ArrayList<>(options(backbone, EVERY_STAGE));
        options.add(Option.choice("neck", List.of("fpn", "bifpn"), "what mixes the backbone's maps"));
        options.add(Option.integer("neck_channels", CHANNELS, 1, "channels of the maps that the neck gives"));
        options.add(Option.integer("neck_rounds", 3, 1, "how often BiFPN goes through its maps"));
        return options;
    }

    /** More than any classifier has. */
    private static final int EVERY_STAGE = 100;

    /**
     * Any classifier that has maps of these strides, with the neck that options choose.
     *
     * @param extra the coarser maps that are added
     */
    public static PyramidBackbone ofAny(ModelOptions options, List<Integer> strides, FeaturePyramid.Extra extra) {
        var trunk = Trunk.atStrides(Trunk.classifier(options), strides, norm(options));
        train(trunk, options);
        int width = options.integer("neck_channels");
        if (options.text("neck").equals("fpn")) {
            return new PyramidBackbone(trunk, new FeaturePyramid(trunk.channels(), width, false, extra), width);
        }
        int coarser = extra == FeaturePyramid.Extra.NONE ? 0 : extra == FeaturePyramid.Extra.POOL ? 1 : 2;
        return new PyramidBackbone(
                trunk, new BiFpn(trunk.channels(), width, coarser, options.integer("neck_rounds")), width);
    }

    private static UnaryOperator<Module> norm(ModelOptions options) {
        return Trunk.normalisation(options.text("norm").equals("frozen"), options.number("norm_eps"), MOMENTUM);
    }

    private static void train(Trunk trunk, ModelOptions options) {
        trunk.train(Math.min(
                options.integer("trainable_backbone_layers"), trunk.stages().size()));
    }
}
