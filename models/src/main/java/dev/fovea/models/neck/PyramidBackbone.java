package dev.fovea.models.neck;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** A classifier's {@link Trunk} ({@code body}) and a {@link FeaturePyramid} on its maps ({@code fpn}). */
public final class PyramidBackbone extends Module {
    /** Channels of all maps, as published. */
    public static final int CHANNELS = 256;

    private final Trunk trunk;
    private final FeaturePyramid fpn;

    public PyramidBackbone(Trunk trunk, boolean normalised, FeaturePyramid.Extra extra) {
        this.trunk = trunk;
        child("body", trunk.body());
        fpn = child("fpn", new FeaturePyramid(trunk.channels(), CHANNELS, normalised, extra));
    }

    /** Pictures {@code [N, 3, H, W]} to maps {@code [N, 256, H_i, W_i]}, finest first. */
    public List<Tensor> call(Tensor image) {
        return run(() -> fpn.call(trunk.maps().of(image)));
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
        String name = options.text("backbone");
        var backbone = Models.classify(name, Map.of());
        var norm = Trunk.normalisation(options.text("norm").equals("frozen"), options.number("norm_eps"), 0.1);
        int maps = backbone.featureChannels().size();
        var trunk = name.startsWith("mobilenet_")
                ? Trunk.ofStriding(backbone, Math.min(levels, 2), norm)
                : Trunk.of(
                        backbone,
                        IntStream.range(Math.max(0, maps - levels), maps)
                                .boxed()
                                .toList(),
                        norm);
        trunk.train(Math.min(
                options.integer("trainable_backbone_layers"), trunk.stages().size()));
        return new PyramidBackbone(trunk, normalised, extra);
    }
}
