package dev.fovea.models.detect;

import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The four losses of Faster R-CNN over sampled regions and anchors: {@code loss_classifier} (cross-entropy with the background),
 * {@code loss_box_reg} (smooth L1 of the true class's box), {@code loss_objectness} (binary cross-entropy) and {@code loss_rpn_box_reg};
 * each by the count of samples.
 */
final class FasterRcnnCriterion implements Criterion<RegionOutput> {
    /** Where smooth L1 turns from square to linear. */
    static final double BETA = 1.0 / 9;

    private final RegionCriterion.Stage first;
    private final RegionCriterion second;
    private final RegionProposals proposals;

    FasterRcnnCriterion(RegionCriterion.Stage first, RegionCriterion second, RegionProposals proposals) {
        this.first = first;
        this.second = second;
        this.proposals = proposals;
    }

    @Override
    public Map<String, Tensor> losses(
            RegionOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var losses = new LinkedHashMap<String, Tensor>();
        second.add(outputs.maps(), proposals.of(outputs, pictures), pictures, targets, random, losses);
        anchors(outputs, targets, random, losses);
        return losses;
    }

    private void anchors(
            RegionOutput outputs, List<BoxTargets> targets, RandomGenerator random, Map<String, Tensor> losses) {
        var objectness = outputs.allObjectness();
        var differences = outputs.allDifferences();
        var logits = new ArrayList<Tensor>();
        var truth = new ArrayList<Tensor>();
        var boxes = new ArrayList<Tensor>();
        for (int i = 0; i < targets.size(); i++) {
            var matches = first.matcher().match(targets.get(i).boxes(), outputs.anchors());
            var sample = first.sampler().sample(matches, random);
            logits.add(objectness.select(0, i).indexSelect(0, sample.all()));
            truth.add(Tensor.ones(
                    objectness.dtype(), objectness.device(), sample.positive().dim(0)));
            truth.add(Tensor.zeros(
                    objectness.dtype(), objectness.device(), sample.negative().dim(0)));
            var coded = differences.select(0, i).indexSelect(0, sample.positive());
            boxes.add(RegionCriterion.boxLoss(
                    coded,
                    RegionCriterion.wanted(targets.get(i), matches, sample.positive()),
                    outputs.anchors().indexSelect(0, sample.positive()),
                    first.coder(),
                    BETA));
        }
        var all = Tensor.cat(logits, 0);
        losses.put(
                "loss_objectness",
                all.dim(0) == 0
                        ? all.sum()
                        : all.binaryCrossEntropyWithLogits(Tensor.cat(truth, 0), null, null, Tensor.Reduction.MEAN));
        losses.put("loss_rpn_box_reg", Tensor.stack(boxes, 0).sum().div((double) Math.max(1, all.dim(0))));
    }
}
