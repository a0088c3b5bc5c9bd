package dev.fovea.models.detect;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.Trunk;
import dev.fovea.nn.Module;
import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A ResNet, and where in its maps there are pictures and where padding; its batch normalisation is constant and its lower stages stay. */
final class MaskedBackbone extends Module {
    private static final double EPS = 1e-5;
    private static final double MOMENTUM = 0.1;
    private static final int TRAINED = 3;

    private final Trunk trunk;
    private final SinePositions positions;

    /** @param levels which of its four maps */
    MaskedBackbone(ModelOptions options, List<Integer> levels, int width, boolean centred) {
        var network = Models.classify(options.text("backbone"), Map.of());
        trunk = Trunk.of(network, levels, Trunk.normalisation(true, EPS, MOMENTUM));
        child("0", new Body(trunk.body()));
        positions = child("1", new SinePositions(width, centred));
        trunk.train(TRAINED);
    }

    static Option option() {
        return Option.choice(
                "backbone",
                List.of("resnet50", "resnet18", "resnet34", "resnet101"),
                "the network that gives the maps");
    }

    private static final class Body extends Module {
        Body(Module body) {
            child("body", body);
        }
    }

    BackboneOrigin origin() {
        return trunk.origin();
    }

    List<Integer> channels() {
        return trunk.channels();
    }

    /** One map: {@code [N, C, H, W]}, where it is padding, {@code [N, H, W]} bool, and positions, {@code [N, width, H, W]}. */
    record Masked(Tensor map, Tensor padding, Tensor position) {}

    /** All maps, finest first. */
    record Features(List<Masked> maps) implements TensorOutput {
        @Override
        public List<Tensor> tensors() {
            var all = new ArrayList<Tensor>();
            maps.forEach(m -> all.addAll(List.of(m.map, m.padding, m.position)));
            return all;
        }
    }

    Features call(Pictures pictures) {
        return run(() -> {
            var maps = trunk.maps().of(pictures.pixels());
            return new Features(maps.stream().map(map -> masked(map, pictures)).toList());
        });
    }

    /** A map of these pictures with its padding and positions. */
    Masked masked(Tensor map, Pictures pictures) {
        var padding = padding(pictures, map.dim(2), map.dim(3));
        return new Masked(map, padding, positions.call(padding).to(map.dtype()));
    }

    /** Where a map of the given size has no picture: a place counts as its nearest pixel; {@code [N, height, width]}, bool. */
    private static Tensor padding(Pictures pictures, long height, long width) {
        var pixels = pictures.pixels();
        var extents = pictures.extents().expand(pixels.dim(0), 2);
        var columns = nearest(pixels.dim(3), width).to(pixels.device()).ge(extents.narrow(1, 0, 1)); // [N, width]
        var rows = nearest(pixels.dim(2), height).to(pixels.device()).ge(extents.narrow(1, 1, 1)); // [N, height]
        return rows.unsqueeze(2).logicalOr(columns.unsqueeze(1));
    }

    /** The pixel that each place of a line is nearest to: {@code [1, places]} float32. */
    private static Tensor nearest(long pixels, long places) {
        var nearest = new float[(int) places];
        for (int i = 0; i < nearest.length; i++) {
            nearest[i] = Math.min((int) (i * ((float) pixels / places)), pixels - 1);
        }
        return Tensor.of(nearest, 1, places);
    }
}
