package dev.fovea.models.detect;

import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.GroupNorm;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Convolutions that all maps of a pyramid share ({@code conv}), and one or more last layers whose channels become rows, one for each
 * anchor of each cell.
 */
final class DenseHead extends Module {
    private static final int CONVOLUTIONS = 4;
    private static final int GROUPS = 32;

    /** How the shared convolutions are built and named. */
    enum Tower {
        /** {@code conv.i.0}: convolution with bias. */
        PLAIN,
        /** {@code conv.i.0} without bias, group normalisation {@code conv.i.1}. */
        NORMALISED,
        /** One flat sequence of convolution with bias, group normalisation and activation. */
        FLAT
    }

    /** A last layer: its name, how many values it gives for each anchor, and the value its biases start with. */
    record Last(String name, int columns, double bias) {}

    private final int channels;
    private final int anchors;
    private final Sequential conv;
    private final Map<String, Last> lasts = new LinkedHashMap<>();
    private final Map<String, Conv2d> layers = new LinkedHashMap<>();

    DenseHead(int channels, int anchors, Tower tower, List<Last> lasts) {
        this.channels = channels;
        this.anchors = anchors;
        conv = child("conv", tower(channels, tower));
        for (var module : conv.modules().values()) {
            if (module instanceof Conv2d c) {
                start(c, 0);
            }
        }
        for (var last : lasts) {
            this.lasts.put(last.name, last);
            layers.put(last.name, child(last.name, layer(last)));
        }
    }

    private static LayerSpec<Sequential> tower(int channels, Tower tower) {
        var conv = Conv2d.of(channels, channels, 3).padding(1);
        var stages = new ArrayList<LayerSpec<? extends Layer>>();
        for (int i = 0; i < CONVOLUTIONS; i++) {
            switch (tower) {
                case PLAIN -> stages.add(Sequential.of(conv, ReLU.of()));
                case NORMALISED -> stages.add(Sequential.of(conv.noBias(), GroupNorm.of(GROUPS, channels), ReLU.of()));
                case FLAT -> stages.addAll(List.of(conv, GroupNorm.of(GROUPS, channels), ReLU.of()));
            }
        }
        return Sequential.of(stages);
    }

    private Conv2d layer(Last last) {
        var layer = Conv2d.of(channels, anchors * last.columns, 3).padding(1).build();
        start(layer, last.bias);
        return layer;
    }

    private static void start(Conv2d conv, double bias) {
        Init.normal(conv.weight(), 0, 0.01);
        if (conv.bias() != null) {
            Init.constant(conv.bias(), bias);
        }
    }

    /** Puts a fresh last layer in the place of the one of that name. */
    void replace(Last last) {
        lasts.put(last.name, last);
        layers.put(last.name, replaceChild(last.name, layer(last)));
    }

    /** For each last layer {@code [N, A, columns]}: all anchors, map after map, row after row, cell after cell. */
    List<Tensor> call(List<Tensor> maps) {
        return run(() -> {
            var parts = new LinkedHashMap<String, List<Tensor>>();
            lasts.keySet().forEach(name -> parts.put(name, new ArrayList<>()));
            for (var map : maps) {
                var shared = conv.call(map);
                layers.forEach((name, layer) -> parts.get(name).add(rows(layer.call(shared), lasts.get(name).columns)));
            }
            return parts.values().stream().map(p -> Tensor.cat(p, 1)).toList();
        });
    }

    /** A map {@code [N, A k, H, W]} as {@code [N, H W A, k]}. */
    static Tensor rows(Tensor map, long columns) {
        return map.reshape(map.dim(0), -1, columns, map.dim(2), map.dim(3))
                .permute(0, 3, 4, 1, 2)
                .reshape(map.dim(0), -1, columns);
    }
}
