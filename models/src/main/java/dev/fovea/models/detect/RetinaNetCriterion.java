package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.nn.loss.FocalLoss;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * RetinaNet's losses: {@code classification} is the focal loss over all decided anchors, {@code bbox_regression} the L1 distance of coded
 * boxes or GIoU over anchors with an object; both by the count of anchors with an object in each picture, then averaged over pictures.
 */
final class RetinaNetCriterion implements Criterion<DenseOutput> {
    private static final FocalLoss FOCAL = FocalLoss.sigmoid().reduction(Tensor.Reduction.NONE);

    private final BoxMatcher matcher;
    private final BoxCoder coder;
    private final boolean overlap;

    /** Takes whether boxes are compared by GIoU. */
    RetinaNetCriterion(BoxMatcher matcher, BoxCoder coder, boolean overlap) {
        this.matcher = matcher;
        this.coder = coder;
        this.overlap = overlap;
    }

    @Override
    public Map<String, Tensor> losses(
            DenseOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var classes = new ArrayList<Tensor>();
        var boxes = new ArrayList<Tensor>();
        for (int i = 0; i < targets.size(); i++) {
            var target = targets.get(i);
            var matches = matcher.match(target.boxes(), outputs.anchors());
            var positive = Boxes.places(matches.ge(0));
            var objects = matches.indexSelect(0, positive);
            double count = (double) Math.max(1, positive.dim(0));
            classes.add(classes(outputs.classes().select(0, i), target, matches, positive, objects)
                    .div(count));
            boxes.add(boxes(outputs, i, target, positive, objects).div(count));
        }
        var losses = new LinkedHashMap<String, Tensor>();
        losses.put("classification", mean(classes));
        losses.put("bbox_regression", mean(boxes));
        return losses;
    }

    private static Tensor mean(List<Tensor> values) {
        return Tensor.stack(values, 0).mean();
    }

    private static Tensor classes(Tensor logits, BoxTargets target, Tensor matches, Tensor positive, Tensor objects) {
        var truth = truth(logits, target, positive, objects);
        var decided = matches.ne(BoxMatcher.UNDECIDED).to(logits.dtype()).unsqueeze(1);
        return FOCAL.compute(logits, truth).mul(decided).sum();
    }

    /** One at the class of each anchor with an object, else zero: {@code [A, C]}. */
    static Tensor truth(Tensor logits, BoxTargets target, Tensor positive, Tensor objects) {
        var truth = Tensor.zeros(logits.dtype(), logits.device(), logits.dim(0), logits.dim(1));
        if (positive.dim(0) > 0) {
            var labels = target.labels().indexSelect(0, objects);
            truth.indexPutInPlace(Tensor.ones(logits.dtype(), logits.device(), positive.dim(0)), positive, labels);
        }
        return truth;
    }

    private Tensor boxes(DenseOutput outputs, int picture, BoxTargets target, Tensor positive, Tensor objects) {
        var coded = outputs.boxes().select(0, picture).indexSelect(0, positive);
        if (positive.dim(0) == 0) {
            return coded.sum();
        }
        var anchors = outputs.anchors().indexSelect(0, positive);
        var wanted = target.boxes().to(DType.FLOAT32).indexSelect(0, objects);
        return overlap
                ? Boxes.generalizedIouLoss(coder.decode(coded, anchors), wanted).sum()
                : coded.l1Loss(coder.encode(wanted, anchors), Tensor.Reduction.SUM);
    }
}
