package dev.fovea.models.detect;

import dev.fovea.nn.detect.Assignment;
import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Gives each object one query so that together they cost least (DETR, section 3.1 of arXiv 2005.12872): the cost of a pair is a
 * weighted sum of how unlikely the class is, the distance of the boxes, and their generalised IoU.
 *
 * @param classWeight of the cost of the class
 * @param boxWeight of the absolute differences of centres, widths and heights
 * @param overlapWeight of minus the generalised IoU
 * @param focal whether classes are independent and cost what the focal loss says, or exclude each other and cost minus their probability
 */
record SetMatcher(double classWeight, double boxWeight, double overlapWeight, boolean focal) {
    private static final double ALPHA = 0.25;
    private static final double TINY = 1e-8;

    /** For costs that are no number or infinite: worse than anything real. */
    private static final double WORST = 1e9;

    /**
     * The pairs of one picture, by ascending query.
     *
     * @param queries places among the queries
     * @param objects places among the objects, as many
     */
    @SuppressWarnings("ArrayRecordComponent") // tables inside one call
    record Match(int[] queries, int[] objects) {
        int count() {
            return queries.length;
        }
    }

    /** The pairs of each picture; where there are more objects than queries, the dearest objects have none. */
    List<Match> match(SetOutput.Layer predicted, List<SetTargets> targets) {
        var matches = new ArrayList<Match>();
        for (int i = 0; i < targets.size(); i++) {
            matches.add(match(predicted, i, targets.get(i)));
        }
        return matches;
    }

    private Match match(SetOutput.Layer predicted, int picture, SetTargets target) {
        if (target.count() == 0) {
            return new Match(new int[0], new int[0]);
        }
        try (var off = Grad.off();
                var scope = Scope.open()) {
            var values = costs(
                            predicted.logits().select(0, picture),
                            predicted.boxes().select(0, picture),
                            target)
                    .toFloatArray();
            int objects = target.count();
            var costs = new double[values.length / objects][objects];
            for (int k = 0; k < values.length; k++) {
                double cost = values[k];
                costs[k / objects][k % objects] = Double.isFinite(cost) ? cost : WORST;
            }
            return pairs(Assignment.cheapest(costs));
        }
    }

    /** Of queries {@code [Q, C]} and {@code [Q, 4]} and each object: {@code [Q, M]}. */
    private Tensor costs(Tensor logits, Tensor boxes, SetTargets target) {
        var classes = (focal ? focalCost(logits.sigmoid()) : logits.softmax(-1).neg()).indexSelect(1, target.labels());
        var apart = boxes.unsqueeze(1).sub(target.boxes().unsqueeze(0)).abs().sum(false, 2);
        var overlap = Boxes.generalizedIou(Boxes.centersToCorners(boxes), Boxes.centersToCorners(target.boxes()));
        return apart.mul(boxWeight).add(classes.mul(classWeight)).sub(overlap.mul(overlapWeight));
    }

    private static Tensor focalCost(Tensor p) {
        var inverse = p.neg().add(1);
        var absent = p.square().mul(inverse.add(TINY).log()).mul(-(1 - ALPHA));
        var present = inverse.square().mul(p.add(TINY).log()).mul(-ALPHA);
        return present.sub(absent);
    }

    private static Match pairs(int[] objectOf) {
        int count = 0;
        var queries = new int[objectOf.length];
        var objects = new int[objectOf.length];
        for (int q = 0; q < objectOf.length; q++) {
            if (objectOf[q] >= 0) {
                queries[count] = q;
                objects[count++] = objectOf[q];
            }
        }
        return new Match(java.util.Arrays.copyOf(queries, count), java.util.Arrays.copyOf(objects, count));
    }
}
