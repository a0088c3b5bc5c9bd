package dev.fovea.models.neck;

import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Feature pyramid network: "Feature Pyramid Networks for Object Detection", Lin et al. 2017, arXiv 1612.03144. Maps
 * {@code [N, C_i, H_i, W_i]}, finest first, to maps of equal width, each mixed with all coarser ones, and further coarser maps. Names
 * equal torchvision's.
 */
public final class FeaturePyramid extends Module implements Neck {
    /** The coarser maps that are added. */
    public enum Extra {
        NONE,
        /** Every second pixel of the coarsest map. */
        POOL,
        /** Two strided convolutions of the coarsest mixed map (RetinaNet, FCOS). */
        P6P7,
        /** Two strided convolutions of the coarsest map as it came. */
        P6P7_OF_INPUT
    }

    /** Two 3x3 convolutions of stride 2, the second after a ReLU. */
    private static final class Coarser extends Module {
        private final Conv2d p6;
        private final Conv2d p7;

        Coarser(int in, int out) {
            p6 = child("p6", Conv2d.of(in, out, 3).stride(2).padding(1));
            p7 = child("p7", Conv2d.of(out, out, 3).stride(2).padding(1));
        }

        List<Tensor> call(Tensor x) {
            return run(() -> {
                var first = p6.call(x);
                return List.of(first, p7.call(first.relu()));
            });
        }
    }

    private final ModuleList<Sequential> innerBlocks;
    private final ModuleList<Sequential> layerBlocks;
    private final Extra extra;
    private final Coarser coarser;

    /**
     * @param in channels of each map
     * @param out channels of all results
     * @param normalised whether batch normalisation follows each convolution
     */
    public FeaturePyramid(List<Integer> in, int out, boolean normalised, Extra extra) {
        this.extra = extra;
        innerBlocks = child(
                "inner_blocks",
                ModuleList.of(in.stream()
                        .map(channels -> block(Conv2d.of(channels, out, 1), normalised))
                        .toList()));
        layerBlocks = child(
                "layer_blocks",
                ModuleList.of(in.stream()
                        .map(channels -> block(Conv2d.of(out, out, 3).padding(1), normalised))
                        .toList()));
        boolean ofInput = extra == Extra.P6P7_OF_INPUT;
        coarser = ofInput || extra == Extra.P6P7
                ? child("extra_blocks", new Coarser(ofInput ? in.get(in.size() - 1) : out, out))
                : null;
        for (var module : modules().values()) {
            if (module instanceof Conv2d conv) {
                Init.kaimingUniform(conv.weight(), Init.Fan.IN, Init.LINEAR);
                if (conv.bias() != null) {
                    Init.zeros(conv.bias());
                }
            }
        }
    }

    private static LayerSpec<Sequential> block(Conv2d.Spec conv, boolean normalised) {
        return normalised ? Sequential.of(conv.noBias(), BatchNorm2d.of(conv.out())) : Sequential.of(conv);
    }

    @Override
    public List<Tensor> call(List<Tensor> maps) {
        return run(() -> mix(maps));
    }

    private List<Tensor> mix(List<Tensor> maps) {
        int last = maps.size() - 1;
        var mixed = new ArrayDeque<Tensor>();
        Tensor above = null;
        for (int i = last; i >= 0; i--) {
            var lateral = innerBlocks.get(i).call(maps.get(i));
            above = above == null ? lateral : lateral.add(enlarged(above, lateral));
            mixed.addFirst(layerBlocks.get(i).call(above));
        }
        var results = new ArrayList<>(mixed);
        switch (extra) {
            case NONE -> {}
            case POOL ->
                results.add(results.get(last)
                        .maxPool2d(new long[] {1, 1}, new long[] {2, 2}, new long[2], new long[] {1, 1}, false));
            case P6P7 -> results.addAll(coarser.call(results.get(last)));
            case P6P7_OF_INPUT -> results.addAll(coarser.call(maps.get(last)));
        }
        return results;
    }

    private static Tensor enlarged(Tensor coarse, Tensor like) {
        return coarse.interpolate(like.dim(2), like.dim(3), Tensor.Interpolation.NEAREST, false, false);
    }
}
