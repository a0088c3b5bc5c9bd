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
 * The losses of a second stage over sampled regions: {@code loss_classifier} (cross-entropy with the background) and
 * {@code loss_box_reg} (smooth L1 of the true class's box); each by the count of samples.
 *
 * @param beta where smooth L1 turns from square to linear
 */
record RegionCriterion(Stage stage, double beta, RegionClassifier heads) {
    /** How one stage is trained. */
    record Stage(BoxMatcher matcher, Sampler sampler, BoxCoder coder) {}

    /** Adds the terms to {@code losses}. */
    void add(
            List<Tensor> maps,
            List<Tensor> candidates,
            Pictures pictures,
            List<BoxTargets> targets,
            RandomGenerator random,
            Map<String, Tensor> losses) {
        var regions = new ArrayList<Tensor>();
        var wanted = new ArrayList<Tensor>();
        var labels = new ArrayList<Tensor>();
        var found = new ArrayList<Tensor>();
        long before = 0;
        for (int i = 0; i < targets.size(); i++) {
            var target = targets.get(i);
            // True boxes are regions too, so that there is something to learn from before proposals are any good.
            var all = Tensor.cat(List.of(candidates.get(i), target.boxes().to(DType.FLOAT32)), 0);
            var matches = stage.matcher.match(target.boxes(), all);
            var sample = stage.sampler.sample(matches, random);
            regions.add(all.indexSelect(0, sample.all()));
            wanted.add(wanted(target, matches, sample.positive()));
            labels.add(labels(target, matches, sample));
            found.add(Tensor.arange(
                    (double) before, (double) (before + sample.positive().dim(0)), 1, DType.INT64, all.device()));
            before += sample.positive().dim(0) + sample.negative().dim(0);
        }
        var answer = heads.call(maps, regions, pictures);
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
                boxLoss(coded, Tensor.cat(wanted, 0), references, stage.coder, beta)
                        .div((double) Math.max(1, before)));
    }

    /** The same alone, for networks whose regions come from elsewhere. */
    Criterion<SearchedOutput> alone() {
        return (outputs, pictures, targets, random) -> {
            var losses = new LinkedHashMap<String, Tensor>();
            add(outputs.maps(), outputs.regions(), pictures, targets, random, losses);
            return losses;
        };
    }

    /** The true boxes {@code [K, 4]} of the places with an object. */
    static Tensor wanted(BoxTargets target, Tensor matches, Tensor places) {
        return places.dim(0) == 0
                ? Tensor.zeros(DType.FLOAT32, target.boxes().device(), 0, 4)
                : target.boxes().to(DType.FLOAT32).indexSelect(0, matches.indexSelect(0, places));
    }

    static Tensor boxLoss(Tensor coded, Tensor wanted, Tensor references, BoxCoder coder, double beta) {
        return coded.dim(0) == 0
                ? coded.sum()
                : coded.smoothL1Loss(coder.encode(wanted, references), Tensor.Reduction.SUM, beta);
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
