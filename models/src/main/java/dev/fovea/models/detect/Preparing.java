package dev.fovea.models.detect;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;

/** The options of how pictures are prepared and boxes selected that torchvision's detectors share, and what they choose. */
final class Preparing {
    private static final List<Double> MEAN = List.of(0.485, 0.456, 0.406);
    private static final List<Double> STD = List.of(0.229, 0.224, 0.225);
    private static final int MULTIPLE = 32;

    private Preparing() {}

    static List<Option> options(int shortest, int longest) {
        var options = new ArrayList<Option>();
        options.add(Option.integer("min_size", shortest, 1, "what the shorter side of a picture becomes"));
        options.add(Option.integer("max_size", longest, 1, "what the longer side of a picture is at most"));
        options.addAll(channelOptions());
        return options;
    }

    static List<Option> channelOptions() {
        return List.of(
                Option.numbers("image_mean", MEAN, -1e6, "subtracted from the channels, after scaling to 0-1"),
                Option.numbers("image_std", STD, 1e-9, "what the channels are divided by then"));
    }

    static Preparation topLeft(ModelOptions options, Preparation.TopLeft box, int multiple) {
        return new Preparation(
                box, channels(options, "image_mean"), channels(options, "image_std"), 1 / 255.0, false, multiple);
    }

    static Preparation withinSides(ModelOptions options) {
        var rule = new Preparation.WithinSides(options.integer("min_size"), options.integer("max_size"));
        return new Preparation(
                rule, channels(options, "image_mean"), channels(options, "image_std"), 1 / 255.0, false, MULTIPLE);
    }

    static List<Option> squareOptions(int side) {
        return squareOptions(side, MEAN, STD);
    }

    static List<Option> squareOptions(int side, List<Double> mean, List<Double> std) {
        return List.of(
                Option.integers("size", List.of(side, side), 1, "width and height that pictures are stretched to"),
                Option.numbers("image_mean", mean, -1e6, "subtracted from the channels, after scaling to 0-1"),
                Option.numbers("image_std", std, 1e-9, "what the channels are divided by then"));
    }

    static Preparation stretched(ModelOptions options) {
        var size = options.integers("size");
        if (size.size() != 2) {
            throw new IllegalArgumentException(options.spec().name() + ": 'size' is width and height, got " + size);
        }
        return stretched(options, new Size(size.get(1), size.get(0)));
    }

    static Preparation stretched(ModelOptions options, Size size) {
        return new Preparation(
                new Preparation.Stretched(size),
                channels(options, "image_mean"),
                channels(options, "image_std"),
                1 / 255.0,
                false,
                1);
    }

    private static List<Double> channels(ModelOptions options, String name) {
        var values = options.numbers(name);
        if (values.size() != 3) {
            throw new IllegalArgumentException(
                    options.spec().name() + ": '" + name + "' has one number for each of 3 channels, got " + values);
        }
        return values;
    }

    static List<Option> selectionOptions(String prefix, double score, double iou, int candidates, int most) {
        return List.of(
                Option.number(prefix + "score_thresh", score, 0, "boxes at or below this score are dropped"),
                Option.number(prefix + "nms_thresh", iou, 0, "of two boxes that overlap by more the worse is dropped"),
                Option.integer("topk_candidates", candidates, 1, "boxes of each map (SSD: class) that are looked at"),
                Option.integer(prefix + "detections_per_img", most, 1, "boxes of a picture that are kept"));
    }

    static Selection selection(ModelOptions options, String prefix) {
        return new Selection(
                options.number(prefix + "score_thresh"),
                options.number(prefix + "nms_thresh"),
                options.integer("topk_candidates"),
                options.integer(prefix + "detections_per_img"));
    }
}
