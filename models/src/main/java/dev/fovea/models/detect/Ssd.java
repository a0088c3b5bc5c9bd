package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.nn.detect.DefaultBoxes;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * SSD300: "SSD: Single Shot MultiBox Detector", Liu et al. 2016, arXiv 1512.02325, on VGG-16: boxes from six maps of one pass, each cell
 * with default boxes of several shapes. Pictures {@code [N, 3, 300, 300]} to {@link DenseOutput} with exclusive classes.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes and outputs are equal.
 */
public final class Ssd extends SingleShot {
    private static final List<Integer> CHANNELS = List.of(512, 1024, 512, 256, 256, 256);

    /** Convolutions of VGG-16 between poolings, up to conv5_3. */
    private static final int[][] VGG = {{64, 64}, {128, 128}, {256, 256, 256}, {512, 512, 512}, {512, 512, 512}};

    /** How large the first map's vectors are before training, after normalisation. */
    private static final double FIRST_SCALE = 20;

    /** VGG-16 up to conv4_3 ({@code features}), then further maps ({@code extra}), each from the one before. */
    private static final class Extractor extends Module {
        private final Parameter scaleWeight;
        private final Sequential features;
        private final ModuleList<Sequential> extra;

        Extractor(int trained) {
            scaleWeight = parameter("scale_weight", Tensor.ones(512).mul(FIRST_SCALE));
            features = child("features", Sequential.of(untilConv4()));
            extra = child(
                    "extra",
                    ModuleList.of(List.of(
                            Sequential.of(fromPool4()),
                            further(1024, 256, 512, 2, 1),
                            further(512, 128, 256, 2, 1),
                            further(256, 128, 256, 1, 0),
                            further(256, 128, 256, 1, 0))));
            for (var module : modules().values()) {
                if (module instanceof Conv2d conv) {
                    boolean classifiers = module.path().startsWith("features")
                            || module.path().matches("extra\\.0\\.\\d");
                    if (classifiers) {
                        Init.kaimingNormal(conv.weight(), Init.Fan.OUT, Init.RELU);
                    } else {
                        Init.xavierUniform(conv.weight(), Init.LINEAR);
                    }
                    Init.zeros(conv.bias());
                }
            }
            freeze(trained);
        }

        private static List<LayerSpec<? extends Layer>> untilConv4() {
            var layers = new ArrayList<LayerSpec<? extends Layer>>();
            int in = 3;
            for (int block = 0; block < 4; block++) {
                if (block > 0) {
                    // Rounded up before conv4, so that the map has 38 cells as in the paper.
                    layers.add(block == 3 ? MaxPool2d.of(2).ceilMode() : MaxPool2d.of(2));
                }
                in = addBlock(layers, in, VGG[block]);
            }
            return layers;
        }

        private static int addBlock(List<LayerSpec<? extends Layer>> layers, int first, int[] widths) {
            int in = first;
            for (int out : widths) {
                layers.add(Conv2d.of(in, out, 3).padding(1));
                layers.add(ReLU.of());
                in = out;
            }
            return in;
        }

        private static List<LayerSpec<? extends Layer>> fromPool4() {
            var layers = new ArrayList<LayerSpec<? extends Layer>>();
            layers.add(MaxPool2d.of(2));
            addBlock(layers, 512, VGG[4]);
            // The fully connected layers of VGG-16 as convolutions, thinned out.
            layers.add(Sequential.of(
                    MaxPool2d.of(3).stride(1).padding(1),
                    Conv2d.of(512, 1024, 3).padding(6).dilation(6),
                    ReLU.of(),
                    Conv2d.of(1024, 1024, 1),
                    ReLU.of()));
            return layers;
        }

        private static LayerSpec<Sequential> further(int in, int middle, int out, int stride, int padding) {
            return Sequential.of(
                    Conv2d.of(in, middle, 1),
                    ReLU.of(),
                    Conv2d.of(middle, out, 3).stride(stride).padding(padding),
                    ReLU.of());
        }

        /** Leaves all but the last {@code trained} of VGG's five blocks out of training. */
        private void freeze(int trained) {
            if (trained > VGG.length) {
                throw new IllegalArgumentException(
                        "VGG-16 has " + VGG.length + " blocks to train, asked for were " + trained);
            }
            int block = 0;
            for (var layer : features.stages()) {
                block += layer instanceof MaxPool2d ? 1 : 0;
                if (block < VGG.length - trained) {
                    layer.freeze();
                }
            }
            if (trained == 0) {
                var stages = extra.get(0).stages();
                stages.subList(0, stages.size() - 1).forEach(Module::freeze);
            }
        }

        List<Tensor> call(Tensor image) {
            return run(() -> {
                var x = features.call(image); // [N, 512, 38, 38]
                var maps = new ArrayList<Tensor>();
                maps.add(x.normalize(2, 1, 1e-12).mul(scaleWeight.value().reshape(1, -1, 1, 1)));
                for (var block : extra) {
                    x = block.call(x);
                    maps.add(x);
                }
                return maps;
            });
        }
    }

    private final Extractor backbone;
    private final SsdHead head;

    private Ssd(ModelOptions options) {
        super(
                options,
                new DefaultBoxes(
                        options.numberRows("aspect_ratios"),
                        options.numbers("scales"),
                        options.integers("steps"),
                        true));
        backbone = child("backbone", new Extractor(options.integer("trainable_backbone_layers")));
        var perCell = options.numberRows("aspect_ratios").stream()
                .map(r -> 2 + 2 * r.size())
                .toList();
        if (perCell.size() != CHANNELS.size()) {
            throw new IllegalArgumentException(options.spec().name() + ": 'aspect_ratios' has a list for each of "
                    + CHANNELS.size() + " maps, got " + perCell.size());
        }
        head = child(
                "head",
                new SsdHead(
                        CHANNELS,
                        perCell,
                        options.classes(),
                        (in, out) -> Conv2d.of(in, out, 3).padding(1),
                        Ssd::xavier));
    }

    private static void xavier(Module layers) {
        for (var module : layers.modules().values()) {
            if (module instanceof Conv2d conv) {
                Init.xavierUniform(conv.weight(), Init.LINEAR);
                Init.zeros(conv.bias());
            }
        }
    }

    @Override
    List<Tensor> maps(Tensor image) {
        return backbone.call(image);
    }

    @Override
    SsdHead head() {
        return head;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    public static List<Architecture<Detector<?>>> architectures() {
        var two = List.of(2.0);
        var three = List.of(2.0, 3.0);
        var boxes = List.of(
                Option.numberRows(
                        "aspect_ratios",
                        List.of(two, three, three, three, two, two),
                        1e-6,
                        "for each map the shapes of default boxes besides squares"),
                Option.numbers(
                        "scales",
                        List.of(0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05),
                        0,
                        "sizes of default boxes as parts of the picture"),
                Option.integers("steps", List.of(8, 16, 32, 64, 100, 300), 1, "pixels between the cells of each map"));
        // Pictures are 0-255 with a mean, without a deviation, as those that this VGG-16 was trained on.
        double unit = 1 / 255.0;
        var prepared = Preparing.squareOptions(300, List.of(0.48235, 0.45882, 0.40784), List.of(unit, unit, unit));
        return List.of(new Architecture<>(
                "ssd300_vgg16",
                options(5, prepared, boxes, Preparing.selectionOptions("", 0.01, 0.45, 400, 200)),
                35_641_826,
                300,
                "torchvision 0.14.1",
                "Liu et al. 2016, arXiv 1512.02325",
                Ssd::new));
    }
}
