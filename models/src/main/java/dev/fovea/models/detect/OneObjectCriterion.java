package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The loss of localising one object, the largest of each picture: {@code class_loss} (cross-entropy, no object being a class), averaged
 * over pictures, and {@code box_loss} (1 - GIoU, or smooth L1 of centre and sides as parts of the picture), averaged over pictures with
 * an object.
 */
final class OneObjectCriterion implements Criterion<OneObjectOutput> {
    /** Where smooth L1 turns from square to linear, as a part of the picture. */
    private static final double BETA = 0.1;

    private final boolean overlap;
    private final double boxWeight;

    /** Takes whether boxes are compared by GIoU. */
    OneObjectCriterion(boolean overlap, double boxWeight) {
        this.overlap = overlap;
        this.boxWeight = boxWeight;
    }

    @Override
    public Map<String, Tensor> losses(
            OneObjectOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        int count = targets.size();
        var labels = new long[count];
        var wanted = new float[4 * count];
        int found = 0;
        var places = new long[count];
        for (int i = 0; i < count; i++) {
            int largest = largest(targets.get(i));
            if (largest >= 0) {
                labels[i] = targets.get(i).labels().toLongArray()[largest] + 1;
                put(targets.get(i), largest, pictures, wanted, 4 * found);
                places[found++] = i;
            }
        }
        var device = outputs.classes().device();
        var terms = new LinkedHashMap<String, Tensor>();
        terms.put(
                "class_loss",
                outputs.classes()
                        .crossEntropy(Tensor.of(labels, count).to(device), null, Tensor.Reduction.MEAN, -100, 0));
        var index = Tensor.of(Arrays.copyOf(places, found), found).to(device);
        var own = outputs.boxes().to(DType.FLOAT32).indexSelect(0, index);
        var truth = Tensor.of(Arrays.copyOf(wanted, 4 * found), found, 4).to(device);
        terms.put("box_loss", boxLoss(own, truth).mul(boxWeight / Math.max(1, found)));
        return terms;
    }

    private Tensor boxLoss(Tensor own, Tensor truth) {
        if (own.dim(0) == 0) {
            return own.sum();
        }
        return overlap
                ? Boxes.generalizedIouLoss(Boxes.centersToCorners(own), Boxes.centersToCorners(truth))
                        .sum()
                : own.smoothL1Loss(truth, Tensor.Reduction.SUM, BETA);
    }

    /** The place of the largest object; -1 if there is none. */
    private static int largest(BoxTargets target) {
        var b = target.boxes().toFloatArray();
        int best = -1;
        double most = -1;
        for (int i = 0; i < b.length / 4; i++) {
            double area = (double) (b[4 * i + 2] - b[4 * i]) * (b[4 * i + 3] - b[4 * i + 1]);
            if (area > most) {
                most = area;
                best = i;
            }
        }
        return best;
    }

    /** Centre and sides as parts of the batch's width and height. */
    private static void put(BoxTargets target, int object, Pictures pictures, float[] out, int at) {
        var b = target.boxes().toFloatArray();
        var frame = pictures.frame();
        float x1 = b[4 * object] / frame.width();
        float y1 = b[4 * object + 1] / frame.height();
        float x2 = b[4 * object + 2] / frame.width();
        float y2 = b[4 * object + 3] / frame.height();
        out[at] = (x1 + x2) / 2;
        out[at + 1] = (y1 + y2) / 2;
        out[at + 2] = x2 - x1;
        out[at + 3] = y2 - y1;
    }
}
