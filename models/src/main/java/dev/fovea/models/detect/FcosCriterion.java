package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.nn.detect.LinearBoxCoder;
import dev.fovea.nn.loss.FocalLoss;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The losses of FCOS, each divided by the count of cells with an object in the whole batch: {@code classification} (focal),
 * {@code bbox_regression} (GIoU) and {@code bbox_ctrness} (cross-entropy with the centerness of the true box).
 */
final class FcosCriterion implements Criterion<DenseOutput> {
    private static final FocalLoss FOCAL = FocalLoss.sigmoid().reduction(Tensor.Reduction.SUM);

    /** Sizes of objects, in strides, for which a map is responsible: from this on and below twice this. */
    private static final float SMALLEST = 4;

    private final LinearBoxCoder coder;
    private final double radius;

    FcosCriterion(LinearBoxCoder coder, double radius) {
        this.coder = coder;
        this.radius = radius;
    }

    @Override
    public Map<String, Tensor> losses(
            DenseOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var classes = new ArrayList<Tensor>();
        var boxes = new ArrayList<Tensor>();
        var centers = new ArrayList<Tensor>();
        long found = 0;
        for (int i = 0; i < targets.size(); i++) {
            var target = targets.get(i);
            var matches = match(target.boxes().toFloatArray(), outputs);
            var matched =
                    Tensor.of(matches, matches.length).to(outputs.anchors().device());
            var positive = Boxes.places(matched.ge(0));
            var objects = matched.indexSelect(0, positive);
            found += positive.dim(0);
            var logits = outputs.classes().select(0, i);
            classes.add(FOCAL.compute(logits, RetinaNetCriterion.truth(logits, target, positive, objects)));
            var coded = outputs.boxes().select(0, i).indexSelect(0, positive);
            var centerness = outputs.centerness().select(0, i).squeeze(1).indexSelect(0, positive);
            if (positive.dim(0) == 0) {
                boxes.add(coded.sum());
                centers.add(centerness.sum());
                continue;
            }
            var cells = outputs.anchors().indexSelect(0, positive);
            var wanted = target.boxes().to(DType.FLOAT32).indexSelect(0, objects);
            boxes.add(
                    Boxes.generalizedIouLoss(coder.decode(coded, cells), wanted).sum());
            centers.add(centerness.binaryCrossEntropyWithLogits(
                    centerness(coder.encode(wanted, cells)), null, null, Tensor.Reduction.SUM));
        }
        double count = (double) Math.max(1, found);
        var losses = new LinkedHashMap<String, Tensor>();
        losses.put("classification", Tensor.stack(classes, 0).sum().div(count));
        losses.put("bbox_regression", Tensor.stack(boxes, 0).sum().div(count));
        losses.put("bbox_ctrness", Tensor.stack(centers, 0).sum().div(count));
        return losses;
    }

    /** 1 in the middle of a box, 0 at its border, from the distances to its sides {@code [K, 4]}: {@code [K]}. */
    private static Tensor centerness(Tensor distances) {
        var d = Boxes.parts(distances);
        var across = d.get(0).minimum(d.get(2)).div(d.get(0).maximum(d.get(2)));
        var along = d.get(1).minimum(d.get(3)).div(d.get(1).maximum(d.get(3)));
        return across.mul(along).sqrt();
    }

    /**
     * The object for each cell, or -1: the cell's centre lies within the object and near its centre, and the object's size is one of
     * those for the map; of several the smallest.
     */
    private long[] match(float[] objects, DenseOutput outputs) {
        var cells = outputs.anchors().toFloatArray();
        var matches = new long[cells.length / 4];
        int at = 0;
        for (int level = 0; level < outputs.levels().size(); level++) {
            boolean finest = level == 0;
            boolean coarsest = level == outputs.levels().size() - 1;
            for (long k = 0; k < outputs.levels().get(level); k++, at++) {
                matches[at] = match(objects, cells, 4 * at, finest, coarsest);
            }
        }
        return matches;
    }

    private long match(float[] objects, float[] cells, int cell, boolean finest, boolean coarsest) {
        float x = (cells[cell] + cells[cell + 2]) / 2;
        float y = (cells[cell + 1] + cells[cell + 3]) / 2;
        float stride = cells[cell + 2] - cells[cell];
        float least = finest ? 0 : SMALLEST * stride;
        float most = coarsest ? Float.POSITIVE_INFINITY : 2 * SMALLEST * stride;
        long best = -1;
        float bestArea = Float.POSITIVE_INFINITY;
        for (int o = 0; o < objects.length; o += 4) {
            float left = x - objects[o];
            float top = y - objects[o + 1];
            float right = objects[o + 2] - x;
            float bottom = objects[o + 3] - y;
            float nearest = Math.min(Math.min(left, right), Math.min(top, bottom));
            float farthest = Math.max(Math.max(left, right), Math.max(top, bottom));
            float fromCenter = Math.max(
                    Math.abs(x - (objects[o] + objects[o + 2]) / 2),
                    Math.abs(y - (objects[o + 1] + objects[o + 3]) / 2));
            float area = (objects[o + 2] - objects[o]) * (objects[o + 3] - objects[o + 1]);
            if (fromCenter < (float) radius * stride
                    && nearest > 0
                    && farthest > least
                    && farthest < most
                    && area < bestArea) {
                best = o / 4;
                bestArea = area;
            }
        }
        return best;
    }
}
