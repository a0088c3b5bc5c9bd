package dev.fovea.models.detect;

import dev.fovea.models.ModelOptions;
import dev.fovea.models.Option;
import dev.fovea.models.neck.BackboneOrigin;
import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.SelectiveSearch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What R-CNN and Fast R-CNN share: regions from selective search, and how they are matched, sampled and decoded. */
abstract class SearchedDetector extends Detector<SearchedOutput> {
    /** Where smooth L1 turns from square to linear (Girshick 2015, arXiv 1504.08083, equation 3). */
    private static final double BETA = 1;

    private final ModelOptions options;
    private final RegionSearch search;

    SearchedDetector(ModelOptions options) {
        super(options);
        this.options = options;
        search = new RegionSearch(
                preparation(), new SelectiveSearch(options.integer("region_min_side"), options.integer("region_most")));
    }

    final ModelOptions options() {
        return options;
    }

    /** What the second stage reads of a batch. */
    abstract List<Tensor> maps(Tensor pixels);

    abstract RegionClassifier heads();

    abstract BackboneOrigin origin();

    @Override
    protected final SearchedOutput forward(Pictures pictures) {
        return new SearchedOutput(maps(pictures.pixels()), search.of(pictures));
    }

    @Override
    public final Preparation preparation() {
        return Preparing.withinSides(options);
    }

    @Override
    public final Criterion<SearchedOutput> criterion() {
        double iou = options.number("box_fg_iou_thresh");
        var stage = new RegionCriterion.Stage(
                new BoxMatcher(iou, iou, BoxMatcher.Best.NO_MATTER),
                new Sampler(options.integer("box_batch_size_per_image"), options.number("box_positive_fraction")),
                BoxCoder.refining());
        return new RegionCriterion(stage, BETA, heads()).alone();
    }

    @Override
    public final Decoder<SearchedOutput> decoder() {
        return new RegionDecoder(heads(), BoxCoder.refining()).alone();
    }

    @Override
    public final Selection selection() {
        return new Selection(
                options.number("box_score_thresh"),
                options.number("box_nms_thresh"),
                Integer.MAX_VALUE,
                options.integer("box_detections_per_img"));
    }

    @Override
    public final Optional<BackboneOrigin> backboneOrigin() {
        return Optional.of(origin());
    }

    /** The options that both have. */
    static List<Option> options(String backbone, List<Option> own) {
        var all = new ArrayList<Option>();
        all.add(Option.classes(20));
        all.add(Option.text("backbone", backbone, "the classifier it builds on"));
        all.addAll(own);
        all.addAll(Preparing.options(600, 1000));
        all.add(Option.integer("region_min_side", 8, 1, "regions with a shorter side in pixels are left out"));
        all.add(Option.integer("region_most", 2000, 1, "regions of a picture that are looked at"));
        all.add(Option.integer("box_batch_size_per_image", 64, 1, "regions of a picture that are trained on"));
        all.add(Option.number("box_positive_fraction", 0.25, 0, "the largest share of regions with an object"));
        all.add(Option.number("box_fg_iou_thresh", 0.5, 0, "from this IoU on a region has an object"));
        all.add(Option.number("box_score_thresh", 0.05, 0, "boxes at or below this score are dropped"));
        all.add(Option.number("box_nms_thresh", 0.3, 0, "of two boxes that overlap by more the worse is dropped"));
        all.add(Option.integer("box_detections_per_img", 100, 1, "boxes of a picture that are kept"));
        return all;
    }
}
