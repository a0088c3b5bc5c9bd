package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.FeaturePyramid;
import dev.fovea.models.neck.PyramidBackbone;
import dev.fovea.nn.Module;
import dev.fovea.nn.detect.AnchorGenerator;
import dev.fovea.nn.detect.LinearBoxCoder;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * FCOS: "FCOS: Fully Convolutional One-Stage Object Detection", Tian et al. 2019, arXiv 1904.01355: each cell tells how far the sides of
 * its object are, and how near it is to the object's centre. Pictures {@code [N, 3, H, W]} to {@link DenseOutput} with independent classes.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. Distances are measured
 * in strides; a square of one stride stands for each cell.
 */
public final class Fcos extends Detector<DenseOutput> {
    private static final LinearBoxCoder CODER = new LinearBoxCoder(true);

    /** The two branches under {@code head}; distances are made positive by a ReLU. */
    private static final class Head extends Module {
        private final DenseHead classification;
        private final DenseHead regression;

        Head(int width, int classes) {
            classification = child(
                    "classification_head",
                    new DenseHead(width, 1, DenseHead.Tower.FLAT, List.of(RetinaNet.lastOfClasses(classes))));
            regression = child(
                    "regression_head",
                    new DenseHead(
                            width,
                            1,
                            DenseHead.Tower.FLAT,
                            List.of(new DenseHead.Last("bbox_reg", 4, 0), new DenseHead.Last("bbox_ctrness", 1, 0))));
        }
    }

    private final ModelOptions options;
    private final AnchorGenerator cells;
    private final PyramidBackbone backbone;
    private final Head head;

    private Fcos(ModelOptions options) {
        this(options, PyramidBackbone.of(options, 3, false, FeaturePyramid.Extra.P6P7));
    }

    private Fcos(ModelOptions options, PyramidBackbone pyramid) {
        super(options);
        this.options = options;
        cells = Anchors.of(options, "");
        if (Anchors.perCell(options, cells) != 1) {
            throw new IllegalArgumentException(options.spec().name()
                    + ": each cell has one square, so each map takes one of 'anchor_sizes', got " + cells.sizes());
        }
        backbone = child("backbone", pyramid);
        head = child("head", new Head(backbone.channels(), options.classes()));
    }

    @Override
    public Preparation preparation() {
        return Preparing.withinSides(options);
    }

    @Override
    protected DenseOutput forward(Pictures pictures) {
        var maps = backbone.call(pictures.pixels());
        var classes = head.classification.call(maps).get(0);
        var regression = head.regression.call(maps);
        return new DenseOutput(
                maps,
                classes,
                regression.get(0).relu(),
                regression.get(1),
                Anchors.on(cells, pictures, maps),
                DenseOutput.counts(maps, cells.perCell()));
    }

    @Override
    public Criterion<DenseOutput> criterion() {
        return new FcosCriterion(CODER, options.number("center_sampling_radius"));
    }

    @Override
    public Decoder<DenseOutput> decoder() {
        return new DenseDecoder(CODER::decode);
    }

    @Override
    public Selection selection() {
        return Preparing.selection(options, "");
    }

    @Override
    protected void setHead(int newClasses) {
        head.classification.replace(RetinaNet.lastOfClasses(newClasses));
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(backbone.origin());
    }

    @Override
    public String canonicalKey(String key) {
        return PublishedNames.pyramid(super.canonicalKey(key));
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
        options.addAll(Anchors.options(
                "", List.of(List.of(8.0), List.of(16.0), List.of(32.0), List.of(64.0), List.of(128.0)), List.of(1.0)));
        options.addAll(Preparing.selectionOptions("", 0.2, 0.6, 1000, 100));
        options.add(Option.number(
                "center_sampling_radius", 1.5, 0, "strides around an object's centre within which cells are its"));
        return options;
    }

    public static List<Architecture<Detector<?>>> architectures() {
        return List.of(
                new Architecture<Detector<?>>(
                                "fcos",
                                options(PyramidBackbone.anyOptions("mobilenet_v2")),
                                10_481_504,
                                320,
                                "own names",
                                "Tian et al. 2019, arXiv 1904.01355",
                                o -> new Fcos(
                                        o, PyramidBackbone.ofAny(o, List.of(8, 16, 32), FeaturePyramid.Extra.P6P7)))
                        .variant("fcos", 10_481_504, Map.of("min_size", 320, "max_size", 640)),
                new Architecture<>(
                        "fcos_resnet50_fpn",
                        options(PyramidBackbone.options("resnet50", 5)),
                        32_322_720,
                        800,
                        "torchvision 0.14.1",
                        "Tian et al. 2019, arXiv 1904.01355",
                        Fcos::new));
    }
}
