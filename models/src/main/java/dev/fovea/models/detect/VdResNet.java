package dev.fovea.models.detect;

import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.AvgPool2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The backbone of RT-DETR: ResNet with three small convolutions as its stem and averages instead of strides in its shortcuts ("vd", He et
 * al. 2018, arXiv 1812.01187).
 */
final class VdResNet extends Module {
    private static final Map<Integer, List<Integer>> BLOCKS = Map.of(
            18, List.of(2, 2, 2, 2), 34, List.of(3, 4, 6, 3), 50, List.of(3, 4, 6, 3), 101, List.of(3, 4, 23, 3));

    private final Sequential conv1;
    private final ModuleList<Stage> stages;
    private final int expansion;

    /** @param depth 18, 34, 50 or 101 layers */
    VdResNet(int depth) {
        var blocks = BLOCKS.get(depth);
        if (blocks == null) {
            throw new IllegalArgumentException("depth is 18, 34, 50 or 101, got " + depth);
        }
        expansion = depth >= 50 ? 4 : 1;
        var stem = new LinkedHashMap<String, LayerSpec<Layer>>();
        stem.put("conv1_1", NormConv.of(3, 32, 3, 2, ReLU.of()));
        stem.put("conv1_2", NormConv.of(32, 32, 3, 1, ReLU.of()));
        stem.put("conv1_3", NormConv.of(32, 64, 3, 1, ReLU.of()));
        conv1 = child("conv1", Sequential.named(stem));
        var specs = new ArrayList<LayerSpec<Stage>>();
        for (int i = 0; i < blocks.size(); i++) {
            int in = i == 0 ? 64 : (64 << (i - 1)) * expansion;
            int planes = 64 << i;
            int count = blocks.get(i);
            int stride = i == 0 ? 1 : 2;
            specs.add(() -> new Stage(in, planes, count, stride, expansion));
        }
        stages = child("res_layers", ModuleList.of(specs));
        modules().values().stream()
                .filter(Conv2d.class::isInstance)
                .forEach(c -> Init.kaimingNormal(((Conv2d) c).weight(), Init.Fan.OUT, Init.RELU));
    }

    /** The channels of the three maps. */
    List<Integer> channels() {
        return List.of(128 * expansion, 256 * expansion, 512 * expansion);
    }

    /** Pictures {@code [N, 3, H, W]} to maps of strides 8, 16 and 32. */
    List<Tensor> call(Tensor image) {
        return run(() -> {
            var x = conv1.call(image)
                    .maxPool2d(new long[] {3, 3}, new long[] {2, 2}, new long[] {1, 1}, new long[] {1, 1}, false);
            var maps = new ArrayList<Tensor>();
            for (var stage : stages) {
                x = stage.call(x);
                maps.add(x);
            }
            return List.copyOf(maps.subList(1, maps.size()));
        });
    }

    private static final class Stage extends Layer {
        private final ModuleList<Block> blocks;

        Stage(int in, int planes, int count, int stride, int expansion) {
            var specs = new ArrayList<LayerSpec<Block>>();
            for (int i = 0; i < count; i++) {
                int from = i == 0 ? in : planes * expansion;
                int step = i == 0 ? stride : 1;
                boolean shortcut = i > 0;
                specs.add(() -> new Block(from, planes, step, shortcut, expansion));
            }
            blocks = child("blocks", ModuleList.of(specs));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, blocks);
        }
    }

    /** Two 3x3 convolutions, or 1x1, 3x3 and 1x1. */
    private static final class Block extends Layer {
        private final List<Layer> branch = new ArrayList<>();
        private final Layer shortcut;

        Block(int in, int planes, int stride, boolean identity, int expansion) {
            boolean narrow = expansion > 1;
            int out = planes * expansion;
            var way = identity ? null : shortcut(in, out, stride);
            if (narrow) {
                branch.add(child("branch2a", NormConv.of(in, planes, 1, 1, ReLU.of())));
                branch.add(child("branch2b", NormConv.of(planes, planes, 3, stride, ReLU.of())));
                branch.add(child("branch2c", NormConv.plain(planes, out, 1, 1)));
                shortcut = identity ? null : child("short", way);
            } else {
                shortcut = identity ? null : child("short", way);
                branch.add(child("branch2a", NormConv.of(in, planes, 3, stride, ReLU.of())));
                branch.add(child("branch2b", NormConv.plain(planes, planes, 3, 1)));
            }
        }

        private static LayerSpec<? extends Layer> shortcut(int in, int out, int stride) {
            if (stride == 1) {
                return NormConv.plain(in, out, 1, 1);
            }
            var pooled = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
            pooled.put("pool", AvgPool2d.of(2).ceilMode());
            pooled.put("conv", NormConv.plain(in, out, 1, 1));
            return Sequential.named(pooled);
        }

        @Override
        protected Tensor forward(Tensor x) {
            return chain(x, branch).add(shortcut == null ? x : shortcut.call(x)).relu();
        }
    }
}
