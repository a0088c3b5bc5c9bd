package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.Trunk;
import dev.fovea.nn.Init;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.detect.DefaultBoxes;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.ModuleList;
import dev.fovea.nn.layer.ReLU6;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * SSDLite on MobileNetV3 or on any classifier: SSD with depthwise convolutions, "MobileNetV2", Sandler et al. 2018, arXiv 1801.04381, section 6.2, and
 * "Searching for MobileNetV3", Howard et al. 2019, arXiv 1905.02244, section 6.3. Pictures {@code [N, 3, 320, 320]} to
 * {@link DenseOutput} with exclusive classes.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal; all batch normalisation
 * has eps 0.001 and momentum 0.03.
 */
public final class SsdLite extends SingleShot {
    private static final double EPS = 0.001;
    private static final double MOMENTUM = 0.03;

    /** More than any classifier has. */
    private static final int EVERY_STAGE = 100;

    /** Channels of the maps that follow the backbone's two. */
    private static final List<Integer> FURTHER = List.of(512, 256, 256, 128);

    private static LayerSpec<Sequential> unit(Conv2d.Spec conv) {
        return Sequential.of(conv.noBias(), BatchNorm2d.of(conv.out()).eps(EPS).momentum(MOMENTUM), ReLU6.of());
    }

    private static Conv2d.Spec depthwise(int channels) {
        return Conv2d.of(channels, channels, 3).padding(1).groups(channels);
    }

    /**
     * The backbone ({@code features}), MobileNetV3 being cut in two at the widening of its last striding block, then further maps
     * ({@code extra}).
     */
    private static final class Extractor extends Module {
        private final Trunk.Maps features;
        private final BackboneOrigin origin;
        private final ModuleList<Sequential> extra;
        private final List<Integer> channels = new ArrayList<>();

        private Extractor(Module body, Trunk.Maps features, List<Integer> first, BackboneOrigin origin) {
            child("features", body);
            this.features = features;
            this.origin = origin;
            channels.addAll(first);
            var blocks = new ArrayList<LayerSpec<Sequential>>();
            int in = channels.get(1);
            for (int out : FURTHER) {
                int middle = out / 2;
                blocks.add(Sequential.of(
                        unit(Conv2d.of(in, middle, 1)),
                        unit(depthwise(middle).stride(2)),
                        unit(Conv2d.of(middle, out, 1))));
                in = out;
            }
            channels.addAll(FURTHER);
            extra = child("extra", ModuleList.of(blocks));
            normal(extra);
        }

        /** The maps of strides 16 and 32 of any classifier. */
        static Extractor ofAny(ModelOptions options) {
            var frozen = options.text("norm").equals("frozen");
            var trunk = Trunk.atStrides(
                    Trunk.classifier(options),
                    List.of(16, 32),
                    Trunk.normalisation(frozen, options.number("norm_eps"), 0.1));
            trunk.train(Math.min(
                    options.integer("trainable_backbone_layers"), trunk.stages().size()));
            return new Extractor(trunk.body(), trunk.maps(), trunk.channels(), trunk.origin());
        }

        /** As the reference: MobileNetV3, cut in two. */
        static Extractor ofMobileNet(ModelOptions options) {
            var backbone = Models.classify("mobilenet_v3_large", Map.of("reduced_tail", options.flag("reduced_tail")));
            var origin = BackboneOrigin.of(backbone);
            var normalised = Trunk.normalisation(options.text("norm").equals("frozen"), EPS, MOMENTUM);
            var trunk = (Sequential) normalised.apply(backbone.trunk());
            normal(trunk);
            freeze(trunk, options.integer("trainable_backbone_layers"));
            var halves = halves(trunk);
            var channels = halves.stages().stream().map(Extractor::lastChannels).toList();
            return new Extractor(halves, image -> through(halves.stages(), image), channels, origin);
        }

        private static List<Tensor> through(List<Layer> halves, Tensor image) {
            var maps = new ArrayList<Tensor>();
            var x = image;
            for (var half : halves) {
                x = half.call(x);
                maps.add(x);
            }
            return maps;
        }

        private static Sequential halves(Sequential trunk) {
            var starts = Trunk.striding(trunk);
            int cut = starts.get(starts.size() - 2);
            var layers = trunk.stages();
            var block = layers.get(cut).children().get("block");
            if (!(block instanceof Sequential parts)) {
                throw new IllegalStateException("the block to cut at has no sequence 'block'");
            }
            var first = new ArrayList<Layer>(layers.subList(0, cut));
            var second = new ArrayList<Layer>();
            var widening = parts.stages().get(0);
            var rest = parts.slice(1);
            first.add(widening);
            second.add(rest);
            second.addAll(layers.subList(cut + 1, layers.size()));
            return Sequential.ofExisting(List.of(Sequential.ofExisting(first), Sequential.ofExisting(second)));
        }

        private static int lastChannels(Layer half) {
            return half.modules().values().stream()
                    .filter(BatchNorm2d.class::isInstance)
                    .map(m -> ((BatchNorm2d) m).spec().channels())
                    .reduce((a, b) -> b)
                    .orElseThrow();
        }

        private static void freeze(Sequential trunk, int trained) {
            var starts = Trunk.striding(trunk);
            if (trained > starts.size()) {
                throw new IllegalArgumentException(
                        "MobileNetV3 has " + starts.size() + " stages to train, asked for were " + trained);
            }
            int first = trained == 0 ? trunk.stages().size() : starts.get(starts.size() - trained);
            trunk.stages().subList(0, first).forEach(Module::freeze);
        }

        List<Tensor> call(Tensor image) {
            return run(() -> {
                var maps = new ArrayList<>(features.of(image));
                var x = maps.get(maps.size() - 1);
                for (var block : extra) {
                    x = block.call(x);
                    maps.add(x);
                }
                return maps;
            });
        }
    }

    private static void normal(Module layers) {
        for (var module : layers.modules().values()) {
            if (module instanceof Conv2d conv) {
                Init.normal(conv.weight(), 0, 0.03);
                if (conv.bias() != null) {
                    Init.zeros(conv.bias());
                }
            }
        }
    }

    private final Extractor backbone;
    private final SsdHead head;

    private SsdLite(ModelOptions options, Extractor extractor) {
        super(options, defaults(options));
        backbone = child("backbone", extractor);
        var perCell = defaults(options).perCell();
        if (perCell.size() != backbone.channels.size()) {
            throw new IllegalArgumentException(options.spec().name() + ": 'aspect_ratios' has a list for each of "
                    + backbone.channels.size() + " maps, got " + perCell.size());
        }
        head = child(
                "head",
                new SsdHead(
                        backbone.channels,
                        perCell,
                        options.classes(),
                        (in, out) -> Sequential.of(unit(depthwise(in)), Conv2d.of(in, out, 1)),
                        SsdLite::normal));
    }

    private static DefaultBoxes defaults(ModelOptions options) {
        return DefaultBoxes.evenly(
                options.numberRows("aspect_ratios"),
                options.number("min_ratio"),
                options.number("max_ratio"),
                List.of());
    }

    @Override
    List<Tensor> maps(Tensor image) {
        return backbone.call(image);
    }

    @Override
    SsdHead head() {
        return head;
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(backbone.origin);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static List<Option> boxes(List<Option> backbone) {
        var boxes = new ArrayList<>(List.of(
                Option.numberRows(
                        "aspect_ratios",
                        Collections.nCopies(6, List.of(2.0, 3.0)),
                        1e-6,
                        "for each map the shapes of default boxes besides squares"),
                Option.number("min_ratio", 0.2, 0, "the smallest default box as a part of the picture"),
                Option.number("max_ratio", 0.95, 0, "the largest default box as a part of the picture"),
                Option.choice("norm", List.of("batch", "frozen"), "frozen: the backbone's normalisation is constant")));
        boxes.addAll(backbone);
        return boxes;
    }

    public static List<Architecture<Detector<?>>> architectures() {
        var half = List.of(0.5, 0.5, 0.5);
        var selected = Preparing.selectionOptions("", 0.001, 0.55, 300, 300);
        var tail = Option.flag(
                "reduced_tail",
                true,
                "whether the backbone's last stage has half the channels (false for weights of a classifier)");
        var any = List.of(
                Option.text("backbone", "mobilenet_v2", "the classifier it builds on"),
                Option.number("norm_eps", 1e-5, 0, "added to variances in the backbone"));
        return List.of(
                new Architecture<>(
                        "ssdlite",
                        options(EVERY_STAGE, Preparing.squareOptions(320), boxes(any), selected),
                        4_380_828,
                        320,
                        "own names",
                        "Sandler et al. 2018, arXiv 1801.04381",
                        o -> new SsdLite(o, Extractor.ofAny(o))),
                new Architecture<>(
                        "ssdlite320_mobilenet_v3_large",
                        options(6, Preparing.squareOptions(320, half, half), boxes(List.of(tail)), selected),
                        3_440_060,
                        320,
                        "torchvision 0.14.1",
                        "Howard et al. 2019, arXiv 1905.02244",
                        o -> new SsdLite(o, Extractor.ofMobileNet(o))));
    }
}
