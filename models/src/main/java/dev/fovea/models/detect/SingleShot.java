package dev.fovea.models.detect;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.nn.detect.DefaultBoxes;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What SSD and SSDLite share: pictures of one size, default boxes, matching and losses. The reference's class 0 is the background. */
abstract class SingleShot extends Detector<DenseOutput> {
    private final ModelOptions options;
    private final DefaultBoxes defaults;

    SingleShot(ModelOptions options, DefaultBoxes defaults) {
        super(options);
        this.options = options;
        this.defaults = defaults;
    }

    /** Pictures to maps, finest first. */
    abstract List<Tensor> maps(Tensor image);

    abstract SsdHead head();

    final ModelOptions options() {
        return options;
    }

    @Override
    public final Preparation preparation() {
        return Preparing.stretched(options);
    }

    @Override
    protected final DenseOutput forward(Pictures pictures) {
        var pixels = pictures.pixels();
        var maps = maps(pixels);
        if (maps.size() != defaults.aspectRatios().size()) {
            throw new IllegalStateException(options.spec().name() + " gave " + maps.size() + " maps for "
                    + defaults.aspectRatios().size() + " lists of aspect ratios");
        }
        var boxes = defaults.boxes(pixels.dim(2), pixels.dim(3), DenseOutput.sizes(maps));
        return new DenseOutput(
                maps,
                head().classes(maps),
                head().boxes(maps),
                null,
                boxes.to(pixels.device()),
                DenseOutput.counts(maps, defaults.perCell()));
    }

    @Override
    public final Criterion<DenseOutput> criterion() {
        double iou = options.number("iou_thresh");
        double positives = options.number("positive_fraction");
        return new SsdCriterion(
                new BoxMatcher(iou, iou, BoxMatcher.Best.EACH_OBJECT),
                BoxCoder.refining(),
                (1 - positives) / positives);
    }

    @Override
    public final Decoder<DenseOutput> decoder() {
        return new SsdDecoder(BoxCoder.refining());
    }

    @Override
    public final Selection selection() {
        return Preparing.selection(options, "");
    }

    @Override
    protected final void setHead(int newClasses) {
        head().setClasses(newClasses);
    }

    @Override
    public final int firstClass() {
        return -1;
    }

    @Override
    public final Map<String, Tensor> named(DenseOutput outputs, Pictures pictures) {
        return outputs.named(pictures.count());
    }

    /** The options that both have; {@code boxes} are those of the default boxes. */
    static List<Option> options(int stages, List<Option> prepared, List<Option> boxes, List<Option> selected) {
        var all = new ArrayList<Option>();
        all.add(Option.classes(90));
        all.add(Option.integer(
                "trainable_backbone_layers", stages, 0, "stages of the backbone, from its end, that are trained"));
        all.addAll(prepared);
        all.addAll(boxes);
        all.addAll(selected);
        all.add(Option.number("iou_thresh", 0.5, 0, "from this IoU on a default box has an object"));
        all.add(Option.number(
                "positive_fraction", 0.25, 1e-6, "the share of default boxes with an object among those trained on"));
        return all;
    }
}
