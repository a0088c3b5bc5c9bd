package dev.fovea.models.detect;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.layer.AttentionMask;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Identity;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.nn.layer.SiLU;
import dev.fovea.nn.layer.TransformerEncoderLayer;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/** The encoder of RT-DETR: attention on the coarsest map alone, then convolutions down and up the scales. */
final class HybridEncoder extends Module {
    private static final double TEMPERATURE = 10_000;

    private final int width;
    private final ModuleList<Sequential> inputProjection;
    private final ModuleList<Attention> encoder;
    private final ModuleList<Layer> lateral;
    private final ModuleList<Layer> down;
    private final ModuleList<Layer> fpn;
    private final ModuleList<Layer> pan;

    /** @param named whether projections' layers are called by their kind (RT-DETR v2) or counted */
    HybridEncoder(List<Integer> channels, int width, int heads, int hidden, double expansion, boolean named) {
        this.width = width;
        if (width % 4 != 0) {
            throw new IllegalArgumentException("hidden_dim must be a multiple of 4, got " + width);
        }
        inputProjection = child(
                "input_proj",
                ModuleList.of(channels.stream()
                        .map(in -> projection(in, width, named))
                        .toList()));
        encoder = child("encoder", ModuleList.of(List.of(() -> new Attention(width, heads, hidden))));
        int steps = channels.size() - 1;
        lateral = child("lateral_convs", each(steps, NormConv.of(width, width, 1, 1, SiLU.of())));
        fpn = child("fpn_blocks", each(steps, () -> new RepLayer(2 * width, width, expansion)));
        down = child("downsample_convs", each(steps, NormConv.of(width, width, 3, 2, SiLU.of())));
        pan = child("pan_blocks", each(steps, () -> new RepLayer(2 * width, width, expansion)));
    }

    static LayerSpec<Sequential> projection(int in, int out, boolean named) {
        var layers = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        layers.put(named ? "conv" : "0", Conv2d.of(in, out, 1).noBias());
        layers.put(named ? "norm" : "1", BatchNorm2d.of(out));
        return Sequential.named(layers);
    }

    private static LayerSpec<ModuleList<Layer>> each(int count, LayerSpec<? extends Layer> spec) {
        var specs = new ArrayList<LayerSpec<Layer>>();
        for (int i = 0; i < count; i++) {
            specs.add(spec::build);
        }
        return ModuleList.of(specs);
    }

    /** Maps of the backbone, finest first, to as many of {@code width} channels. */
    List<Tensor> call(List<Tensor> maps) {
        return run(() -> {
            var projected = new ArrayList<Tensor>();
            for (int i = 0; i < maps.size(); i++) {
                projected.add(inputProjection.get(i).call(maps.get(i)));
            }
            int last = maps.size() - 1;
            projected.set(last, attended(projected.get(last)));
            return upwards(downwards(projected));
        });
    }

    private Tensor attended(Tensor map) {
        long height = map.dim(2);
        long columns = map.dim(3);
        var places = map.flatten(2, 3).transpose(1, 2);
        var position = positions(height, columns, width).to(map.device()).to(map.dtype());
        return encoder.get(0).call(places, position).transpose(1, 2).reshape(map.dim(0), width, height, columns);
    }

    /** From the coarsest map to the finest. */
    private List<Tensor> downwards(List<Tensor> maps) {
        int last = maps.size() - 1;
        var result = new ArrayList<>(maps);
        for (int i = last; i > 0; i--) {
            var high = lateral.get(last - i).call(result.get(i));
            result.set(i, high);
            var wide = high.interpolate(2.0, 2.0, Tensor.Interpolation.NEAREST, false);
            result.set(i - 1, fpn.get(last - i).call(Tensor.cat(List.of(wide, maps.get(i - 1)), 1)));
        }
        return result;
    }

    /** From the finest map to the coarsest. */
    private List<Tensor> upwards(List<Tensor> maps) {
        var result = new ArrayList<>(List.of(maps.get(0)));
        for (int i = 1; i < maps.size(); i++) {
            var low = down.get(i - 1).call(result.get(i - 1));
            result.add(pan.get(i - 1).call(Tensor.cat(List.of(low, maps.get(i)), 1)));
        }
        return List.copyOf(result);
    }

    /**
     * Sines and cosines of column and row, {@code [1, H W, width]}. As in the reference, places count down the columns although maps are
     * read along the rows: published weights know no other.
     */
    static Tensor positions(long height, long columns, int width) {
        int quarter = width / 4;
        var values = new float[Math.toIntExact(height * columns * width)];
        for (int i = 0; i < height * columns; i++) {
            int column = i / (int) height;
            int row = i % (int) height;
            for (int k = 0; k < quarter; k++) {
                float omega = (float) (1 / Math.pow(TEMPERATURE, (double) ((float) k / quarter)));
                int at = i * width + k;
                values[at] = (float) Math.sin(column * omega);
                values[at + quarter] = (float) Math.cos(column * omega);
                values[at + 2 * quarter] = (float) Math.sin(row * omega);
                values[at + 3 * quarter] = (float) Math.cos(row * omega);
            }
        }
        return Tensor.of(values, 1, height * columns, width);
    }

    private static final class Attention extends Module {
        private final ModuleList<TransformerEncoderLayer> layers;

        Attention(int width, int heads, int hidden) {
            layers = child(
                    "layers",
                    ModuleList.of(List.of(TransformerEncoderLayer.of(width, heads, hidden)
                            .dropout(0)
                            .withGelu()
                            .inBatches())));
        }

        Tensor call(Tensor places, Tensor position) {
            return run(() -> layers.get(0).call(places, position, AttentionMask.NONE));
        }
    }

    /** A convolution and three blocks, beside a convolution. */
    private static final class RepLayer extends Layer {
        private static final int BLOCKS = 3;

        private final Layer conv1;
        private final Layer conv2;
        private final Sequential bottlenecks;
        private final Layer conv3;

        RepLayer(int in, int out, double expansion) {
            int hidden = (int) (out * expansion);
            conv1 = child("conv1", NormConv.of(in, hidden, 1, 1, SiLU.of()));
            conv2 = child("conv2", NormConv.of(in, hidden, 1, 1, SiLU.of()));
            var blocks = new ArrayList<LayerSpec<Layer>>();
            for (int i = 0; i < BLOCKS; i++) {
                blocks.add(() -> new RepBlock(hidden));
            }
            bottlenecks = child("bottlenecks", Sequential.of(blocks));
            LayerSpec<? extends Layer> widened =
                    hidden == out ? Identity.of() : NormConv.of(hidden, out, 1, 1, SiLU.of());
            conv3 = child("conv3", widened);
        }

        @Override
        protected Tensor forward(Tensor x) {
            return conv3.call(chain(x, conv1, bottlenecks).add(conv2.call(x)));
        }
    }

    /** A 3x3 and a 1x1 convolution side by side (RepVGG, Ding et al. 2021). */
    private static final class RepBlock extends Layer {
        private final Layer conv1;
        private final Layer conv2;

        RepBlock(int channels) {
            conv1 = child("conv1", NormConv.plain(channels, channels, 3, 1));
            conv2 = child("conv2", NormConv.plain(channels, channels, 1, 1));
        }

        @Override
        protected Tensor forward(Tensor x) {
            return conv1.call(x).add(conv2.call(x)).silu();
        }
    }
}
