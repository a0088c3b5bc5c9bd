package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Models;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.Trunk;
import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.layer.BatchNorm2d;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Dropout;
import dev.fovea.nn.layer.Flatten;
import dev.fovea.nn.layer.LeakyReLU;
import dev.fovea.nn.layer.Linear;
import dev.fovea.nn.layer.MaxPool2d;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The first YOLO: "You Only Look Once: Unified, Real-Time Object Detection", Redmon et al. 2015, arXiv 1506.02640: fully connected layers
 * over a whole picture say for each cell of a grid which object has its centre there. Pictures {@code [N, 3, H, W]} to
 * {@link GridOutput}; names are our own.
 *
 * <p>Convolutions are batch-normalised, which the paper does not mention but its author's published configuration has. Any classifier
 * can stand in their place.
 */
public final class YoloV1 extends Detector<GridOutput> {
    private static final double SLOPE = 0.1;
    private static final int STRIDE = 32;

    /** The published sequences: kernel and channels of convolutions, {@code p} for a pooling, {@code s} after one that strides. */
    private static final Map<String, String> PUBLISHED = Map.of(
            "published",
            "7x64s p 3x192 p 1x128 3x256 1x256 3x512 p 1x256 3x512 1x256 3x512 1x256 3x512 1x256 3x512 1x512 3x1024 p"
                    + " 1x512 3x1024 1x512 3x1024 3x1024 3x1024s 3x1024 3x1024",
            "fast",
            "3x16 p 3x32 p 3x64 p 3x128 p 3x256 p 3x512 p 3x1024 3x256");

    private static LayerSpec<Sequential> unit(int in, int out, int kernel, int stride) {
        return Sequential.of(
                Conv2d.of(in, out, kernel).stride(stride).padding(kernel / 2).noBias(),
                BatchNorm2d.of(out),
                LeakyReLU.of(SLOPE));
    }

    private static Sequential convolutions(String description) {
        var layers = new ArrayList<LayerSpec<? extends Layer>>();
        int in = 3;
        for (String word : description.split(" ", -1)) {
            if (word.equals("p")) {
                layers.add(MaxPool2d.of(2));
            } else {
                boolean strides = word.endsWith("s");
                var numbers = word.replace("s", "").split("x", -1);
                int out = Integer.parseInt(numbers[1]);
                layers.add(unit(in, out, Integer.parseInt(numbers[0]), strides ? 2 : 1));
                in = out;
            }
        }
        return Sequential.of(layers).build();
    }

    private final ModelOptions options;
    private final Trunk.Maps backbone;
    private final BackboneOrigin origin;
    private final Sequential neck;
    private final Sequential hidden;
    private Linear prediction;

    private YoloV1(ModelOptions options) {
        super(options);
        this.options = options;
        String name = options.text("backbone");
        int channels = options.integer("channels");
        if (PUBLISHED.containsKey(name)) {
            var layers = child("backbone", convolutions(PUBLISHED.get(name)));
            backbone = image -> List.of(layers.call(image));
            origin = null;
            neck = child("neck", Sequential.empty());
            channels = name.equals("fast") ? 256 : 1024;
        } else {
            var trunk =
                    Trunk.atStrides(Trunk.classifier(options), List.of(STRIDE), Trunk.normalisation(false, 1e-5, 0.1));
            child("backbone", trunk.body());
            backbone = trunk.maps();
            origin = trunk.origin();
            neck = child("neck", Sequential.of(unit(trunk.channels().get(0), channels, 3, 1)));
        }
        int side = options.integer("grid");
        int width = channels * side * side;
        int units = options.integer("hidden");
        hidden = child(
                "hidden",
                units == 0
                        ? Sequential.of(Flatten.of())
                        : Sequential.of(
                                Flatten.of(),
                                Linear.of(width, units),
                                LeakyReLU.of(SLOPE),
                                Dropout.of(options.probability("dropout"))));
        prediction = child("prediction", prediction(units == 0 ? width : units, options.classes()));
        startInTheMiddle(options.classes());
    }

    /** Boxes begin in the middle of their cells, a quarter of the picture in size, so that some overlap an object from the start. */
    private void startInTheMiddle(int classes) {
        int boxes = options.integer("boxes");
        int each = GridOutput.EACH * boxes + classes;
        var values = new float[(int) prediction.bias().shape().numel()];
        for (int i = 0; i < values.length; i++) {
            int place = i % each;
            boolean ofClass = place >= GridOutput.EACH * boxes;
            values[i] = ofClass ? 1f / classes : place % GridOutput.EACH == GridOutput.EACH - 1 ? 0.1f : 0.5f;
        }
        prediction.bias().assign(Tensor.of(values, values.length));
    }

    private LayerSpec<Linear> prediction(int in, int classes) {
        int side = options.integer("grid");
        return Linear.of(in, side * side * (GridOutput.EACH * options.integer("boxes") + classes));
    }

    @Override
    protected GridOutput forward(Pictures pictures) {
        int side = options.integer("grid");
        var maps = backbone.of(pictures.pixels());
        var map = neck.call(maps.get(maps.size() - 1));
        // Maps of another size than the grid are averaged to it, so that other sizes of pictures do, too.
        var cells = map.dim(2) == side && map.dim(3) == side ? map : map.adaptiveAvgPool2d(side, side);
        var said = prediction.call(hidden.call(cells));
        return new GridOutput(said.reshape(said.dim(0), side, side, -1), options.integer("boxes"));
    }

    @Override
    public Preparation preparation() {
        return Preparing.stretched(options, Size.square(options.integer("image_size")));
    }

    @Override
    public Criterion<GridOutput> criterion() {
        return new YoloV1Criterion(options.number("coord_weight"), options.number("no_object_weight"));
    }

    @Override
    public Decoder<GridOutput> decoder() {
        return new YoloV1Decoder();
    }

    @Override
    public Selection selection() {
        return Preparing.selection(options, "");
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.ofNullable(origin);
    }

    @Override
    protected void setHead(int newClasses) {
        int in = (int) prediction.weight().shape().dim(1);
        prediction = replaceChild("prediction", prediction(in, newClasses).build());
        startInTheMiddle(newClasses);
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static List<Option> options() {
        var options = new ArrayList<Option>();
        options.add(Option.classes(20));
        options.add(Option.text("backbone", "published", "published, fast (nine layers), or a classifier"));
        options.add(
                Option.integer("channels", 256, 1, "channels before the fully connected layers, after a classifier"));
        options.add(Option.integer("grid", 7, 1, "cells from side to side"));
        options.add(Option.integer("boxes", 2, 1, "boxes of each cell"));
        options.add(Option.integer("hidden", 4096, 0, "units of the layer before the last; 0 for none"));
        options.add(Option.number("dropout", 0.5, 0, "probability of dropping one of these units"));
        options.add(Option.integer("image_size", 448, STRIDE, "width and height that pictures are stretched to"));
        options.addAll(Preparing.channelOptions());
        options.addAll(Preparing.selectionOptions("", 0.005, 0.5, 1000, 100));
        options.add(Option.number("coord_weight", 5, 0, "weight of the loss of boxes"));
        options.add(Option.number("no_object_weight", 0.5, 0, "weight of the loss of trust in boxes without object"));
        return options;
    }

    /** The published ones, and one that learns in minutes. */
    public static List<Architecture<Detector<?>>> architectures() {
        var full = new Architecture<Detector<?>>(
                "yolov1",
                options(),
                271_716_734,
                448,
                "own names",
                "Redmon et al. 2015, arXiv 1506.02640",
                YoloV1::new);
        return List.of(
                full,
                full.variant("yolov1_fast", 27_095_374, Map.of("backbone", "fast", "hidden", 0)),
                new Architecture<Detector<?>>(
                                "yolov1_resnet18",
                                options(),
                                15_732_478,
                                224,
                                "own names",
                                "Redmon et al. 2015, arXiv 1506.02640",
                                YoloV1::new)
                        .variant(
                                "yolov1_resnet18",
                                15_732_478,
                                Map.of(
                                        "backbone",
                                        "resnet18",
                                        "channels",
                                        128,
                                        "hidden",
                                        512,
                                        "dropout",
                                        0.0,
                                        "image_size",
                                        224)));
    }

    /** {@code yolov1_resnet18} for so many classes. */
    public static YoloV1 onResNet18(int classes) {
        return (YoloV1) Models.detect("yolov1_resnet18", Map.of("classes", classes));
    }
}
