package dev.fovea.models.detect;

import dev.fovea.models.detect.CellOutput.Cells;
import dev.fovea.models.detect.SimOta.Assignment;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/**
 * The loss of YOLOX: of the cells that {@linkplain SimOta answer for an object} {@code iou_loss} (1 - IoU², times 5), {@code cls_loss}
 * (binary cross-entropy with the overlap as target) and, in the last epochs, {@code l1_loss} on the raw boxes; of all cells {@code
 * conf_loss}. Each is a sum over the batch divided by the number of cells that answer, at least 1.
 */
public final class YoloxCriterion implements Criterion<CellOutput> {
    private static final double BOX_WEIGHT = 5;

    private final boolean withL1;

    /** @param withL1 whether raw boxes are compared too, as the publication does without mosaic in the last 15 epochs */
    public YoloxCriterion(boolean withL1) {
        this.withL1 = withL1;
    }

    @Override
    public Map<String, Tensor> losses(
            CellOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var cells = outputs.cells();
        var raw = outputs.boxes();
        return losses(cells, raw, CellOutput.decoded(raw, cells), outputs.objectness(), outputs.classes(), targets);
    }

    /**
     * The losses of decoded boxes.
     *
     * @param raw {@code [N, A, 4]} as the network gave them
     * @param boxes {@code [N, A, 4]}: centre, width and height in pixels
     * @param objectness {@code [N, A]}: logits
     * @param classes {@code [N, A, C]}: logits
     */
    Map<String, Tensor> losses(
            Cells cells, Tensor raw, Tensor boxes, Tensor objectness, Tensor classes, List<BoxTargets> targets) {
        var matches = new Matches(cells, classes.dim(2));
        for (int i = 0; i < targets.size(); i++) {
            matches.add(i, targets.get(i), assign(cells, i, boxes, objectness, classes, targets.get(i)));
        }
        double share = 1.0 / Math.max(1, matches.count());
        var index = matches.index().to(boxes.device());
        var found = boxes.reshape(-1, 4).indexSelect(0, index);
        var terms = new LinkedHashMap<String, Tensor>();
        terms.put("iou_loss", boxLoss(found, matches.boxes().to(boxes.device())).mul(BOX_WEIGHT * share));
        if (withL1) {
            var offsets = raw.reshape(-1, 4).indexSelect(0, index);
            terms.put(
                    "l1_loss",
                    offsets.l1Loss(matches.offsets().to(boxes.device()), Tensor.Reduction.SUM)
                            .mul(share));
        }
        var present = Tensor.zeros(boxes.dim(0) * boxes.dim(1))
                .to(boxes.device())
                .scatter(0, index, Tensor.ones(matches.count()).to(boxes.device()));
        terms.put("conf_loss", crossEntropy(objectness.reshape(-1), present).mul(share));
        var logits = classes.reshape(-1, classes.dim(2)).indexSelect(0, index);
        terms.put(
                "cls_loss",
                crossEntropy(logits, matches.classes().to(boxes.device())).mul(share));
        return terms;
    }

    private static Tensor crossEntropy(Tensor logits, Tensor target) {
        return logits.binaryCrossEntropyWithLogits(target, null, null, Tensor.Reduction.SUM);
    }

    /** The cells of one picture that answer for its objects. */
    static Assignment assign(
            Cells cells, int picture, Tensor boxes, Tensor objectness, Tensor classes, BoxTargets target) {
        if (target.count() == 0) {
            return new Assignment(new int[0], new int[0], new float[0]);
        }
        try (var mode = Grad.off();
                var scope = Scope.open()) {
            var ota = new SimOta(cells, centred(target));
            var index = longs(ota.candidates()).to(boxes.device());
            var own = boxes.select(0, picture).indexSelect(0, index);
            var certain = objectness
                    .select(0, picture)
                    .indexSelect(0, index)
                    .sigmoid()
                    .unsqueeze(1);
            var probabilities = classes.select(0, picture)
                    .indexSelect(0, index)
                    .sigmoid()
                    .mul(certain)
                    .sqrt();
            return ota.assign(target.labels().toLongArray(), own.toFloatArray(), probabilities.toFloatArray());
        }
    }

    private static Tensor longs(int[] values) {
        var longs = new long[values.length];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = values[i];
        }
        return Tensor.of(longs, longs.length);
    }

    /** Corners to centre, width and height. */
    private static float[] centred(BoxTargets target) {
        var b = target.boxes().toFloatArray();
        for (int i = 0; i < b.length; i += 4) {
            float w = b[i + 2] - b[i];
            float h = b[i + 3] - b[i + 1];
            b[i] += w / 2;
            b[i + 1] += h / 2;
            b[i + 2] = w;
            b[i + 3] = h;
        }
        return b;
    }

    /** The sum of 1 - IoU² of boxes {@code [M, 4]}, pairwise, both as centre, width and height. */
    private static Tensor boxLoss(Tensor boxes, Tensor targets) {
        var sides = boxes.narrow(1, 2, 2);
        var targetSides = targets.narrow(1, 2, 2);
        var low = corner(boxes, -0.5).maximum(corner(targets, -0.5));
        var high = corner(boxes, 0.5).minimum(corner(targets, 0.5));
        var overlap = high.sub(low).clampMin(0).prod(1, false);
        var union = sides.prod(1, false).add(targetSides.prod(1, false)).sub(overlap);
        return overlap.div(union.add(1e-16)).square().neg().add(1).sum();
    }

    private static Tensor corner(Tensor boxes, double side) {
        return boxes.narrow(1, 0, 2).add(boxes.narrow(1, 2, 2).mul(side));
    }

    /** What the assigned cells of a batch should have said. */
    private static final class Matches {
        private final Cells cells;
        private final int classCount;
        private final List<Long> index = new ArrayList<>();
        private final List<float[]> boxes = new ArrayList<>();
        private final List<float[]> offsets = new ArrayList<>();
        private final List<float[]> classes = new ArrayList<>();

        Matches(Cells cells, long classCount) {
            this.cells = cells;
            this.classCount = (int) classCount;
        }

        void add(int picture, BoxTargets target, Assignment assignment) {
            if (assignment.cells().length == 0) {
                return;
            }
            var objects = centred(target);
            var labels = target.labels().toLongArray();
            for (int i = 0; i < assignment.cells().length; i++) {
                int cell = assignment.cells()[i];
                int object = assignment.objects()[i];
                index.add((long) picture * cells.count() + cell);
                float cx = objects[4 * object];
                float cy = objects[4 * object + 1];
                float w = objects[4 * object + 2];
                float h = objects[4 * object + 3];
                boxes.add(new float[] {cx, cy, w, h});
                float stride = cells.stride()[cell];
                offsets.add(new float[] {
                    cx / stride - cells.x()[cell],
                    cy / stride - cells.y()[cell],
                    (float) Math.log(w / stride + 1e-8),
                    (float) Math.log(h / stride + 1e-8)
                });
                var ofClasses = new float[classCount];
                ofClasses[(int) labels[object]] = assignment.ious()[i];
                classes.add(ofClasses);
            }
        }

        int count() {
            return index.size();
        }

        Tensor index() {
            return Tensor.of(index.stream().mapToLong(Long::longValue).toArray(), count());
        }

        Tensor boxes() {
            return rows(boxes, 4);
        }

        Tensor offsets() {
            return rows(offsets, 4);
        }

        Tensor classes() {
            return rows(classes, classCount);
        }

        private static Tensor rows(List<float[]> rows, int width) {
            var all = new float[rows.size() * width];
            for (int i = 0; i < rows.size(); i++) {
                System.arraycopy(rows.get(i), 0, all, i * width, width);
            }
            return Tensor.of(all, rows.size(), width).to(DType.FLOAT32);
        }
    }
}
