package dev.fovea.models.detect;

import dev.fovea.nn.detect.BoxCoder;
import dev.fovea.nn.detect.BoxMatcher;
import dev.fovea.tensor.DType;
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
    private static final double BETA = 1.0 / 9;

    /** How one stage is trained. */
    record Stage(BoxMatcher matcher, Sampler sampler, BoxCoder coder) {}

    private final Stage first;
    private final Stage second;
    private final RegionProposals proposals;
    private final RegionHeads heads;

    FasterRcnnCriterion(Stage first, Stage second, RegionProposals proposals, RegionHeads heads) {
        this.first = first;
        this.second = second;
        this.proposals = proposals;
        this.heads = heads;
    }

    @Override
    public Map<String, Tensor> losses(
            RegionOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var losses = new LinkedHashMap<String, Tensor>();
        regions(outputs, pictures, targets, random, losses);
        anchors(outputs, targets, random, losses);
        return losses;
    }

    // --- first stage -----------------------------------------------------------------------------------------------

    private void anchors(
            RegionOutput outputs, List<BoxTargets> targets, RandomGenerator random, Map<String, Tensor> losses) {
        var objectness = outputs.allObjectness();
        var differences = outputs.allDifferences();
        var logits = new ArrayList<Tensor>();
        var truth = new ArrayList<Tensor>();
        var boxes = new ArrayList<Tensor>();
        for (int i = 0; i < targets.size(); i++) {
            var matches = first.matcher.match(targets.get(i).boxes(), outputs.anchors());
            var sample = first.sampler.sample(matches, random);
            logits.add(objectness.select(0, i).indexSelect(0, sample.all()));
            truth.add(Tensor.ones(
                    objectness.dtype(), objectness.device(), sample.positive().dim(0)));
            truth.add(Tensor.zeros(
                    objectness.dtype(), objectness.device(), sample.negative().dim(0)));
            var coded = differences.select(0, i).indexSelect(0, sample.positive());
            boxes.add(boxLoss(
                    coded,
                    wanted(targets.get(i), matches, sample.positive()),
                    outputs.anchors().indexSelect(0, sample.positive()),
                    first.coder));
        }
        var all = Tensor.cat(logits, 0);
        losses.put(
                "loss_objectness",
                all.dim(0) == 0
                        ? all.sum()
                        : all.binaryCrossEntropyWithLogits(Tensor.cat(truth, 0), null, null, Tensor.Reduction.MEAN));
        losses.put("loss_rpn_box_reg", Tensor.stack(boxes, 0).sum().div((double) Math.max(1, all.dim(0))));
    }

    /** The true boxes {@code [K, 4]} of the places with an object. */
    private static Tensor wanted(BoxTargets target, Tensor matches, Tensor places) {
        return places.dim(0) == 0
                ? Tensor.zeros(DType.FLOAT32, target.boxes().device(), 0, 4)
                : target.boxes().to(DType.FLOAT32).indexSelect(0, matches.indexSelect(0, places));
    }

    private static Tensor boxLoss(Tensor coded, Tensor wanted, Tensor references, BoxCoder coder) {
        return coded.dim(0) == 0
                ? coded.sum()
                : coded.smoothL1Loss(coder.encode(wanted, references), Tensor.Reduction.SUM, BETA);
    }

    // --- second stage ----------------------------------------------------------------------------------------------

    private void regions(
            RegionOutput outputs,
            Pictures pictures,
            List<BoxTargets> targets,
            RandomGenerator random,
            Map<String, Tensor> losses) {
        var candidates = proposals.of(outputs, pictures);
        var regions = new ArrayList<Tensor>();
        var wanted = new ArrayList<Tensor>();
        var labels = new ArrayList<Tensor>();
        var found = new ArrayList<Tensor>();
        long before = 0;
        for (int i = 0; i < targets.size(); i++) {
            var target = targets.get(i);
            // True boxes are regions too, so that there is something to learn from before proposals are any good.
            var all = Tensor.cat(List.of(candidates.get(i), target.boxes().to(DType.FLOAT32)), 0);
            var matches = second.matcher.match(target.boxes(), all);
            var sample = second.sampler.sample(matches, random);
            regions.add(all.indexSelect(0, sample.all()));
            wanted.add(wanted(target, matches, sample.positive()));
            labels.add(labels(target, matches, sample));
            found.add(Tensor.arange(
                    (double) before, (double) (before + sample.positive().dim(0)), 1, DType.INT64, all.device()));
            before += sample.positive().dim(0) + sample.negative().dim(0);
        }
        var answer = heads.call(outputs.maps(), regions, pictures);
        var truth = Tensor.cat(labels, 0);
        var positive = Tensor.cat(found, 0);
        losses.put(
                "loss_classifier",
                before == 0
                        ? answer.classes().sum()
                        : answer.classes().crossEntropy(truth, null, Tensor.Reduction.MEAN, -100, 0));
        var coded = answer.boxes().reshape(before, -1, 4).index(positive, truth.indexSelect(0, positive));
        var references = Tensor.cat(regions, 0).indexSelect(0, positive);
        losses.put(
                "loss_box_reg",
                boxLoss(coded, Tensor.cat(wanted, 0), references, second.coder).div((double) Math.max(1, before)));
    }

    /** The columns of the true classes: 0 is the background. */
    private static Tensor labels(BoxTargets target, Tensor matches, Sampler.Sample sample) {
        var background =
                Tensor.zeros(DType.INT64, matches.device(), sample.negative().dim(0));
        if (sample.positive().dim(0) == 0) {
            return background;
        }
        var classes = target.labels().indexSelect(0, matches.indexSelect(0, sample.positive()));
        return Tensor.cat(List.of(classes.add(1), background), 0);
    }
}
