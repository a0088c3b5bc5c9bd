package dev.fovea.models.detect;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.models.neck.FeaturePyramid;
import dev.fovea.models.neck.PyramidBackbone;
import dev.fovea.nn.Init;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.nn.detect.AnchorGenerator;
import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.ReLU;
import dev.fovea.nn.layer.Sequential;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Faster R-CNN: "Faster R-CNN: Towards Real-Time Object Detection with Region Proposal Networks", Ren et al. 2015, arXiv 1506.01497, on a
 * feature pyramid (Lin et al. 2017, arXiv 1612.03144); the second version has deeper normalised heads (Li et al. 2021, arXiv 2111.11429).
 * Pictures {@code [N, 3, H, W]} to {@link RegionOutput}; its criterion and decoder run the second stage.
 *
 * <p>Takes the weights of torchvision 0.14.1 (BSD-3-Clause): names, shapes, initial values and outputs are equal. The reference's class 0
 * is the background.
 */
public final class FasterRcnn extends Detector<RegionOutput> {
    /** The first stage: objectness and a box for each anchor. */
    private static final class ProposalHead extends Module {
        private final Sequential conv;
        private final Conv2d objectness;
        private final Conv2d boxes;

        ProposalHead(int width, int anchors, int depth) {
            LayerSpec<Sequential> block =
                    Sequential.of(Conv2d.of(width, width, 3).padding(1), ReLU.of());
            conv = child("conv", Sequential.of(Collections.nCopies(depth, block)));
            objectness = child("cls_logits", Conv2d.of(width, anchors, 1));
            boxes = child("bbox_pred", Conv2d.of(width, 4 * anchors, 1));
            for (var module : modules().values()) {
                if (module instanceof Conv2d c) {
                    Init.normal(c.weight(), 0, 0.01);
                    Init.zeros(c.bias());
                }
            }
        }

        /** Objectness of all maps, then differences of all maps. */
        List<Tensor> call(List<Tensor> maps) {
            return run(() -> {
                var first = new ArrayList<Tensor>();
                var second = new ArrayList<Tensor>();
                for (var map : maps) {
                    var shared = conv.call(map);
                    first.add(objectness.call(shared));
                    second.add(boxes.call(shared));
                }
                first.addAll(second);
                return first;
            });
        }
    }

    /** Holds the first stage under the reference's name. */
    private static final class Proposals extends Module {
        private final ProposalHead head;

        Proposals(int width, int anchors, int depth) {
            head = child("head", new ProposalHead(width, anchors, depth));
        }
    }

    private final ModelOptions options;
    private final AnchorGenerator anchors;
    private final PyramidBackbone backbone;
    private final Proposals rpn;
    private final RegionHeads heads;

    private FasterRcnn(ModelOptions options, boolean second) {
        this(options, second, PyramidBackbone.of(options, 4, second, FeaturePyramid.Extra.POOL));
    }

    private FasterRcnn(ModelOptions options, boolean second, PyramidBackbone pyramid) {
        super(options);
        this.options = options;
        backbone = child("backbone", pyramid);
        anchors = Anchors.of(options, "rpn_");
        rpn = child("rpn", new Proposals(backbone.channels(), Anchors.perCell(options, anchors), second ? 2 : 1));
        heads = child(
                "roi_heads",
                new RegionHeads(
                        backbone.channels(),
                        options.classes(),
                        second ? RegionHeads.Form.CONVOLUTIONS : RegionHeads.Form.TWO_LAYERS));
    }

    @Override
    public Preparation preparation() {
        return Preparing.withinSides(options);
    }

    @Override
    protected RegionOutput forward(Pictures pictures) {
        var maps = backbone.call(pictures.pixels());
        var both = rpn.head.call(maps);
        return new RegionOutput(
                maps,
                both.subList(0, maps.size()),
                both.subList(maps.size(), both.size()),
                Anchors.on(anchors, pictures, maps));
    }

    /** How regions are chosen in training or in use. */
    RegionProposals proposals(boolean training) {
        String when = training ? "_train" : "_test";
        return new RegionProposals(
                options.integer("rpn_pre_nms_top_n" + when),
                options.integer("rpn_post_nms_top_n" + when),
                options.number("rpn_nms_thresh"),
                options.number("rpn_score_thresh"));
    }

    private BoxCoder coder() {
        var w = options.numbers("bbox_reg_weights");
        return new BoxCoder(w.get(0), w.get(1), w.get(2), w.get(3));
    }

    @Override
    public Criterion<RegionOutput> criterion() {
        var first = new RegionCriterion.Stage(
                new BoxMatcher(
                        options.number("rpn_fg_iou_thresh"),
                        options.number("rpn_bg_iou_thresh"),
                        BoxMatcher.Best.LOW_QUALITY),
                new Sampler(options.integer("rpn_batch_size_per_image"), options.number("rpn_positive_fraction")),
                BoxCoder.plain());
        var second = new RegionCriterion.Stage(
                new BoxMatcher(
                        options.number("box_fg_iou_thresh"),
                        options.number("box_bg_iou_thresh"),
                        BoxMatcher.Best.NO_MATTER),
                new Sampler(options.integer("box_batch_size_per_image"), options.number("box_positive_fraction")),
                coder());
        return new FasterRcnnCriterion(
                first, new RegionCriterion(second, FasterRcnnCriterion.BETA, heads), proposals(true));
    }

    @Override
    public Decoder<RegionOutput> decoder() {
        return new FasterRcnnDecoder(proposals(false), heads, coder());
    }

    @Override
    public Selection selection() {
        return new Selection(
                options.number("box_score_thresh"),
                options.number("box_nms_thresh"),
                Integer.MAX_VALUE,
                options.integer("box_detections_per_img"));
    }

    @Override
    protected void setHead(int newClasses) {
        heads.setClasses(newClasses);
    }

    @Override
    public int firstClass() {
        return -1;
    }

    @Override
    public Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(backbone.origin());
    }

    @Override
    public String canonicalKey(String key) {
        return PublishedNames.proposals(PublishedNames.pyramid(super.canonicalKey(key)));
    }

    @Override
    public Map<String, Tensor> named(RegionOutput outputs, Pictures pictures) {
        var named = new LinkedHashMap<String, Tensor>();
        for (int i = 0; i < outputs.maps().size(); i++) {
            named.put("backbone." + i, outputs.maps().get(i));
            named.put("rpn.head.0." + i, outputs.objectness().get(i));
            named.put("rpn.head.1." + i, outputs.differences().get(i));
        }
        var regions = proposals(false).of(outputs, pictures);
        for (int i = 0; i < regions.size(); i++) {
            named.put("rpn.anchor_generator." + i, outputs.anchors());
            named.put("rpn.proposals." + i, regions.get(i));
        }
        var pooled = heads.pool(outputs.maps(), regions, pictures);
        var shared = heads.shared(pooled);
        var answer = heads.answer(shared);
        named.put("roi_heads.box_roi_pool", pooled);
        named.put("roi_heads.box_head", shared);
        named.put("roi_heads.box_predictor.0", answer.classes());
        named.put("roi_heads.box_predictor.1", answer.boxes());
        return named;
    }

    // --- variants --------------------------------------------------------------------------------------------------

    private static List<Option> options(List<Option> backbone, List<List<Double>> sizes) {
        var options = new ArrayList<Option>();
        options.add(Option.classes(90));
        options.addAll(backbone);
        options.addAll(Preparing.options(800, 1333));
        options.addAll(Anchors.options("rpn_", sizes, List.of(0.5, 1.0, 2.0)));
        options.addAll(List.of(
                Option.integer("rpn_pre_nms_top_n_train", 2000, 1, "regions of each map that training looks at"),
                Option.integer("rpn_pre_nms_top_n_test", 1000, 1, "regions of each map that are looked at in use"),
                Option.integer("rpn_post_nms_top_n_train", 2000, 1, "regions of a picture that training keeps"),
                Option.integer("rpn_post_nms_top_n_test", 1000, 1, "regions of a picture that are kept in use"),
                Option.number("rpn_nms_thresh", 0.7, 0, "of two regions that overlap by more the worse is dropped"),
                Option.number("rpn_fg_iou_thresh", 0.7, 0, "from this IoU on an anchor has an object"),
                Option.number("rpn_bg_iou_thresh", 0.3, 0, "below this IoU an anchor has none"),
                Option.integer("rpn_batch_size_per_image", 256, 1, "anchors of a picture that are trained on"),
                Option.number("rpn_positive_fraction", 0.5, 0, "the largest share of anchors with an object"),
                Option.number("rpn_score_thresh", 0, 0, "regions below this probability of an object are dropped"),
                Option.number("box_score_thresh", 0.05, 0, "boxes at or below this score are dropped"),
                Option.number("box_nms_thresh", 0.5, 0, "of two boxes that overlap by more the worse is dropped"),
                Option.integer("box_detections_per_img", 100, 1, "boxes of a picture that are kept"),
                Option.number("box_fg_iou_thresh", 0.5, 0, "from this IoU on a region has an object"),
                Option.number("box_bg_iou_thresh", 0.5, 0, "below this IoU a region has none"),
                Option.integer("box_batch_size_per_image", 512, 1, "regions of a picture that are trained on"),
                Option.number("box_positive_fraction", 0.25, 0, "the largest share of regions with an object"),
                Option.numbers("bbox_reg_weights", List.of(10.0, 10.0, 5.0, 5.0), 1e-9, "weights of the box coder")));
        return options;
    }

    private static final List<List<Double>> OF_PYRAMID =
            List.of(List.of(32.0), List.of(64.0), List.of(128.0), List.of(256.0), List.of(512.0));
    private static final List<List<Double>> OF_MOBILE =
            Collections.nCopies(3, List.of(32.0, 64.0, 128.0, 256.0, 512.0));

    public static List<Architecture<Detector<?>>> architectures() {
        var mobile = new Architecture<Detector<?>>(
                "fasterrcnn_mobilenet_v3_large_fpn",
                options(PyramidBackbone.options("mobilenet_v3_large", 6), OF_MOBILE),
                19_410_754,
                800,
                "torchvision 0.14.1",
                "Ren et al. 2015, arXiv 1506.01497",
                o -> new FasterRcnn(o, false));
        var any = options(PyramidBackbone.anyOptions("mobilenet_v2"), OF_PYRAMID);
        return List.of(
                new Architecture<Detector<?>>(
                                "fasterrcnn",
                                any,
                                19_907_798,
                                320,
                                "own names",
                                "Ren et al. 2015, arXiv 1506.01497",
                                o -> new FasterRcnn(
                                        o,
                                        false,
                                        PyramidBackbone.ofAny(o, List.of(4, 8, 16, 32), FeaturePyramid.Extra.POOL)))
                        .variant("fasterrcnn", 19_907_798, Map.of("min_size", 320, "max_size", 640)),
                new Architecture<>(
                        "fasterrcnn_resnet50_fpn",
                        options(PyramidBackbone.options("resnet50", 5), OF_PYRAMID),
                        41_808_406,
                        800,
                        "torchvision 0.14.1",
                        "Ren et al. 2015, arXiv 1506.01497",
                        o -> new FasterRcnn(o, false)),
                new Architecture<>(
                        "fasterrcnn_resnet50_fpn_v2",
                        options(PyramidBackbone.options("resnet50", 5), OF_PYRAMID),
                        43_712_278,
                        800,
                        "torchvision 0.14.1",
                        "Li et al. 2021, arXiv 2111.11429",
                        o -> new FasterRcnn(o, true)),
                mobile,
                mobile.variant(
                        "fasterrcnn_mobilenet_v3_large_320_fpn",
                        19_410_754,
                        Map.of(
                                "min_size", 320,
                                "max_size", 640,
                                "rpn_pre_nms_top_n_test", 150,
                                "rpn_post_nms_top_n_test", 150,
                                "rpn_score_thresh", 0.05)));
    }
}
