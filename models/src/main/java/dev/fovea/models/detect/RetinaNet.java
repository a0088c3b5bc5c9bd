package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.FeaturePyramid;
import dev.fovea.models.neck.PyramidBackbone;
import dev.fovea.nn.Module;
import dev.fovea.nn.detect.AnchorGenerator;
import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * RetinaNet: "Focal Loss for Dense Object Detection", Lin et al. 2017, arXiv 1708.02002; the second version trains boxes by GIoU and
 * normalises the heads' groups (Li et al. 2021, arXiv 2111.11429). Pictures {@code [N, 3, H, W]} to {@link DenseOutput} with independent
 * classes.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Classes count as the
 * reference's columns, without a background.
 */
public final class RetinaNet extends Detector<DenseOutput> {
    /** How likely an object is at any anchor before training. */
    static final double PRIOR = 0.01;

    /** The two branches under {@code head}. */
    private static final class Head extends Module {
        private final DenseHead classification;
        private final DenseHead regression;

        Head(int width, int anchors, int classes, DenseHead.Tower tower) {
            classification =
                    child("classification_head", new DenseHead(width, anchors, tower, List.of(lastOfClasses(classes))));
            regression = child(
                    "regression_head",
                    new DenseHead(width, anchors, tower, List.of(new DenseHead.Last("bbox_reg", 4, 0))));
        }
    }

    static DenseHead.Last lastOfClasses(int classes) {
        return new DenseHead.Last("cls_logits", classes, -Math.log((1 - PRIOR) / PRIOR));
    }

    private final ModelOptions options;
    private final boolean second;
    private final AnchorGenerator anchors;
    private final PyramidBackbone backbone;
    private final Head head;

    private RetinaNet(ModelOptions options, boolean second) {
        this(
                options,
                second,
                PyramidBackbone.of(
                        options, 3, false, second ? FeaturePyramid.Extra.P6P7_OF_INPUT : FeaturePyramid.Extra.P6P7));
    }

    private RetinaNet(ModelOptions options, boolean second, PyramidBackbone pyramid) {
        super(options);
        this.options = options;
        this.second = second;
        anchors = Anchors.of(options, "");
        backbone = child("backbone", pyramid);
        head = child(
                "head",
                new Head(
                        backbone.channels(),
                        Anchors.perCell(options, anchors),
                        options.classes(),
                        second ? DenseHead.Tower.NORMALISED : DenseHead.Tower.PLAIN));
    }

    @Override
    public Preparation preparation() {
        return Preparing.withinSides(options);
    }

    @Override
    protected DenseOutput forward(Pictures pictures) {
        var maps = backbone.call(pictures.pixels());
        var classes = head.classification.call(maps).get(0);
        var boxes = head.regression.call(maps).get(0);
        return new DenseOutput(
                maps,
                classes,
                boxes,
                null,
                Anchors.on(anchors, pictures, maps),
                DenseOutput.counts(maps, anchors.perCell()));
    }

    @Override
    public Criterion<DenseOutput> criterion() {
        var matcher = new BoxMatcher(
                options.number("fg_iou_thresh"), options.number("bg_iou_thresh"), BoxMatcher.Best.LOW_QUALITY);
        return new RetinaNetCriterion(matcher, BoxCoder.plain(), second);
    }

    @Override
    public Decoder<DenseOutput> decoder() {
        return new DenseDecoder(BoxCoder.plain()::decode);
    }

    @Override
    public Selection selection() {
        return Preparing.selection(options, "");
    }

    @Override
    protected void setHead(int newClasses) {
        head.classification.replace(lastOfClasses(newClasses));
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(backbone.origin());
    }

    @Override
    public String canonicalKey(String key) {
        return PublishedNames.pyramid(PublishedNames.towers(super.canonicalKey(key)));
    }

    @Override
    public Map<String, Tensor> named(DenseOutput outputs, Pictures pictures) {
        return outputs.named(pictures.count());
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static List<Option> options(List<Option> backbone) {
        var options = new ArrayList<Option>();
        options.add(Option.classes(91));
        options.addAll(backbone);
        options.addAll(Preparing.options(800, 1333));
        options.addAll(Anchors.options("", Anchors.threeScales(), List.of(0.5, 1.0, 2.0)));
        options.addAll(Preparing.selectionOptions("", 0.05, 0.5, 1000, 300));
        options.add(Option.number("fg_iou_thresh", 0.5, 0, "from this IoU on an anchor has an object"));
        options.add(Option.number("bg_iou_thresh", 0.4, 0, "below this IoU an anchor has none"));
        return options;
    }

    public static List<Architecture<Detector<?>>> architectures() {
        return List.of(
                new Architecture<Detector<?>>(
                                "retinanet",
                                options(PyramidBackbone.anyOptions("mobilenet_v2")),
                                12_226_903,
                                320,
                                "own names",
                                "Lin et al. 2017, arXiv 1708.02002",
                                o -> new RetinaNet(
                                        o,
                                        false,
                                        PyramidBackbone.ofAny(o, List.of(8, 16, 32), FeaturePyramid.Extra.P6P7)))
                        .variant("retinanet", 12_226_903, Map.of("min_size", 320, "max_size", 640)),
                new Architecture<>(
                        "retinanet_resnet50_fpn",
                        options(PyramidBackbone.options("resnet50", 5)),
                        34_068_119,
                        800,
                        "torchvision 0.14.1",
                        "Lin et al. 2017, arXiv 1708.02002",
                        o -> new RetinaNet(o, false)),
                new Architecture<>(
                        "retinanet_resnet50_fpn_v2",
                        options(PyramidBackbone.options("resnet50", 5)),
                        38_198_935,
                        800,
                        "torchvision 0.14.1",
                        "Li et al. 2021, arXiv 2111.11429",
                        o -> new RetinaNet(o, true)));
    }
}
