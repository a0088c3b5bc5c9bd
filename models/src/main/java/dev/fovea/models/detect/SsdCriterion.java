package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * SSD's losses, both by the count of default boxes with an object: {@code bbox_regression} (smooth L1 of coded boxes) and
 * {@code classification} (cross-entropy over those with an object and the hardest without, three times as many).
 */
final class SsdCriterion implements Criterion<DenseOutput> {
    private final BoxMatcher matcher;
    private final BoxCoder coder;
    private final double negatives;

    /** Takes how many default boxes without an object are trained for each with one. */
    SsdCriterion(BoxMatcher matcher, BoxCoder coder, double negatives) {
        this.matcher = matcher;
        this.coder = coder;
        this.negatives = negatives;
    }

    @Override
    public Map<String, Tensor> losses(
            DenseOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var boxes = new ArrayList<Tensor>();
        var classes = new ArrayList<Tensor>();
        long found = 0;
        for (int i = 0; i < targets.size(); i++) {
            var target = targets.get(i);
            var matches = matcher.match(target.boxes(), outputs.anchors());
            var positive = Boxes.places(matches.ge(0));
            found += positive.dim(0);
            boxes.add(boxes(outputs, i, target, matches, positive));
            classes.add(classes(outputs.classes().select(0, i), target, matches, positive));
        }
        double count = (double) Math.max(1, found);
        var losses = new LinkedHashMap<String, Tensor>();
        losses.put("bbox_regression", Tensor.stack(boxes, 0).sum().div(count));
        losses.put("classification", Tensor.stack(classes, 0).sum().div(count));
        return losses;
    }

    private Tensor boxes(DenseOutput outputs, int picture, BoxTargets target, Tensor matches, Tensor positive) {
        var coded = outputs.boxes().select(0, picture).indexSelect(0, positive);
        if (positive.dim(0) == 0) {
            return coded.sum();
        }
        var wanted = target.boxes().to(DType.FLOAT32).indexSelect(0, matches.indexSelect(0, positive));
        var anchors = outputs.anchors().indexSelect(0, positive);
        return coded.smoothL1Loss(coder.encode(wanted, anchors), Tensor.Reduction.SUM, 1);
    }

    private Tensor classes(Tensor logits, BoxTargets target, Tensor matches, Tensor positive) {
        var truth = Tensor.zeros(DType.INT64, logits.device(), logits.dim(0)); // the background
        if (positive.dim(0) > 0) {
            var labels = target.labels().indexSelect(0, matches.indexSelect(0, positive));
            truth.indexPutInPlace(labels.add(1), positive);
        }
        var each = logits.crossEntropy(truth, null, Tensor.Reduction.NONE, -100, 0);
        return each.indexSelect(0, Tensor.cat(List.of(positive, hardest(each, positive)), 0))
                .sum();
    }

    /** The places without an object whose loss is largest. */
    private Tensor hardest(Tensor losses, Tensor positive) {
        var hidden = losses.detach().copy();
        if (positive.dim(0) > 0) {
            hidden.indexPutInPlace(
                    Tensor.full(Double.NEGATIVE_INFINITY, losses.dtype(), losses.device(), positive.dim(0)), positive);
        }
        long wanted = (long) Math.ceil(negatives * (double) positive.dim(0));
        return hidden.topk(Math.min(wanted, losses.dim(0) - positive.dim(0)), 0, true)
                .indices();
    }
}
