package dev.fovea.models.detect;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.detect.AnchorGenerator;
import dev.fovea.tensor.Tensor;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** The options of networks with anchors, and the anchors they choose. */
final class Anchors {
    private Anchors() {}

    /** Sizes 32 to 512 with two sizes between each, as RetinaNet has them. */
    static List<List<Double>> threeScales() {
        return Stream.of(32, 64, 128, 256, 512)
                .map(s ->
                        List.of((double) s, Math.floor(s * Math.pow(2, 1.0 / 3)), Math.floor(s * Math.pow(2, 2.0 / 3))))
                .toList();
    }

    static List<Option> options(String prefix, List<List<Double>> sizes, List<Double> ratios) {
        return List.of(
                Option.numberRows(
                        prefix + "anchor_sizes", sizes, 1e-6, "for each map of the pyramid sides of anchors in pixels"),
                Option.numberRows(
                        prefix + "aspect_ratios",
                        List.of(ratios),
                        1e-6,
                        "for each map, or once for all, heights over widths of anchors"));
    }

    static AnchorGenerator of(ModelOptions options, String prefix) {
        var sizes = options.numberRows(prefix + "anchor_sizes");
        var ratios = options.numberRows(prefix + "aspect_ratios");
        return new AnchorGenerator(
                sizes, ratios.size() == 1 ? Collections.nCopies(sizes.size(), ratios.get(0)) : ratios);
    }

    /** How many anchors lie at each cell; heads that all maps share need the same everywhere. */
    static int perCell(ModelOptions options, AnchorGenerator anchors) {
        var counts = anchors.perCell();
        if (counts.stream().distinct().count() != 1) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": all maps share one head, so each cell needs equally many anchors, got " + counts);
        }
        return counts.get(0);
    }

    /** The anchors for a batch and its maps. */
    static Tensor on(AnchorGenerator anchors, Pictures pictures, List<Tensor> maps) {
        var pixels = pictures.pixels();
        return anchors.anchors(pixels.dim(2), pixels.dim(3), DenseOutput.sizes(maps))
                .to(pixels.device());
    }
}
