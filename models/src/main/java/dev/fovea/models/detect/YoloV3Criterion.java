package dev.fovea.models.detect;

import dev.fovea.nn.detect.Boxes;
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
 * The loss of YOLOv3, arXiv 1804.02767, section 2: for each object one prior answers, of all levels the one whose shape fits best, in the
 * cell of the object's centre. {@code box_loss} holds the centre's offsets in the cell (binary cross-entropy, whose gradient is the
 * published difference) and half the squared error of the logarithms of the sides, small objects up to twice as much as large ones;
 * {@code class_loss} is binary cross-entropy of each class; {@code objectness_loss} binary cross-entropy of all priors but those that do
 * not answer and whose box overlaps an object by more than a threshold. Each is a sum over the batch divided by the count of objects, at
 * least 1.
 */
final class YoloV3Criterion implements Criterion<AnchoredCells> {
    /** Objects that are compared with all boxes at a time. */
    private static final long AT_ONCE = 256;

    private final double ignored;

    /** Takes the IoU from which on boxes of priors that do not answer are neither right nor wrong. */
    YoloV3Criterion(double ignored) {
        this.ignored = ignored;
    }

    @Override
    public Map<String, Tensor> losses(
            AnchoredCells outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var rows = outputs.rows();
        var answers = new Answers(outputs, (int) rows.dim(1), (int) rows.dim(2) - 5);
        for (int i = 0; i < targets.size(); i++) {
            answers.add(i, targets.get(i), pictures);
        }
        double share = 1.0 / Math.max(1, answers.count());
        var index = answers.index().to(rows.device());
        var own = rows.reshape(-1, rows.dim(2)).indexSelect(0, index); // [M, 5 + C]
        var terms = new LinkedHashMap<String, Tensor>();
        terms.put("box_loss", boxLoss(own, answers).mul(share));
        terms.put(
                "objectness_loss", objectnessLoss(outputs, rows, targets, index).mul(share));
        terms.put(
                "class_loss",
                crossEntropy(AnchoredCells.classes(own), answers.classes().to(rows.device()), null)
                        .mul(share));
        return terms;
    }

    private static Tensor crossEntropy(Tensor logits, Tensor truth, Tensor weights) {
        return logits.binaryCrossEntropyWithLogits(truth, weights, null, Tensor.Reduction.SUM);
    }

    private static Tensor boxLoss(Tensor own, Answers answers) {
        var wanted = answers.boxes().to(own.device());
        var weights = answers.weights().to(own.device());
        var centres = crossEntropy(own.narrow(1, 0, 2), wanted.narrow(1, 0, 2), weights);
        var sides = own.narrow(1, 2, 2)
                .sub(wanted.narrow(1, 2, 2))
                .square()
                .mul(weights)
                .sum();
        return centres.add(sides.mul(0.5));
    }

    private Tensor objectnessLoss(AnchoredCells outputs, Tensor rows, List<BoxTargets> targets, Tensor index) {
        var logits = AnchoredCells.objectness(rows).reshape(-1);
        var ones = Tensor.ones(index.dim(0)).to(rows.device());
        var truth = Tensor.zeros(logits.dim(0)).to(rows.device()).scatter(0, index, ones);
        // Priors that answer count whatever their boxes overlap.
        var counted = decided(outputs, rows, targets).maximum(truth);
        return crossEntropy(logits, truth, counted);
    }

    /** One for each prior whose box overlaps no object by more than the threshold, else zero: {@code [N K]}. */
    private Tensor decided(AnchoredCells outputs, Tensor rows, List<BoxTargets> targets) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var corners = outputs.corners(rows);
            var all = new ArrayList<Tensor>();
            for (int i = 0; i < targets.size(); i++) {
                var objects = targets.get(i).boxes().to(DType.FLOAT32);
                all.add(largestOverlap(objects, corners.select(0, i))
                        .le(ignored)
                        .to(DType.FLOAT32));
            }
            return scope.keep(Tensor.cat(all, 0));
        }
    }

    /** How much each of boxes {@code [K, 4]} overlaps any object, in parts that fit into memory whatever the count: {@code [K]}. */
    private static Tensor largestOverlap(Tensor objects, Tensor boxes) {
        var largest = Tensor.zeros(boxes.dim(0)).to(boxes.device());
        for (long from = 0; from < objects.dim(0); from += AT_ONCE) {
            try (var scope = Scope.open()) {
                var part = objects.narrow(0, from, Math.min(AT_ONCE, objects.dim(0) - from));
                largest = scope.keep(largest.maximum(Boxes.iou(part, boxes).amax(false, 0)));
            }
        }
        return largest;
    }

    /** The priors that answer for the objects of a batch, and what they should have said. */
    private static final class Answers {
        private final AnchoredCells outputs;
        private final int rowsEach;
        private final int classCount;
        /** By row of the whole batch: of two objects at one prior the later one is learned. */
        private final Map<Long, float[]> boxes = new LinkedHashMap<>();

        private final Map<Long, Integer> labels = new LinkedHashMap<>();

        Answers(AnchoredCells outputs, int rowsEach, int classCount) {
            this.outputs = outputs;
            this.rowsEach = rowsEach;
            this.classCount = classCount;
        }

        void add(int picture, BoxTargets target, Pictures pictures) {
            var corners = target.boxes().toFloatArray();
            var classes = target.labels().toLongArray();
            double area = (double) pictures.frame().area();
            for (int i = 0; i < classes.length; i++) {
                double width = corners[4 * i + 2] - corners[4 * i];
                double height = corners[4 * i + 3] - corners[4 * i + 1];
                double cx = corners[4 * i] + width / 2;
                double cy = corners[4 * i + 1] + height / 2;
                var best = best(width, height);
                var level = outputs.levels().get(best.level);
                var prior = level.priors().get(best.prior);
                int column = cell(cx / level.stride(), level.raw().dim(3));
                int row = cell(cy / level.stride(), level.raw().dim(2));
                long place = (long) picture * rowsEach + outputs.row(best.level, row, column, best.prior);
                boxes.put(place, new float[] {
                    inside(cx / level.stride() - column),
                    inside(cy / level.stride() - row),
                    (float) Math.log(Math.max(width, 1e-3) / prior.width()),
                    (float) Math.log(Math.max(height, 1e-3) / prior.height()),
                    (float) Math.max(1, 2 - width * height / area)
                });
                labels.put(place, (int) classes[i]);
            }
        }

        private static int cell(double place, long cells) {
            return (int) Math.min(Math.max(Math.floor(place), 0), (double) (cells - 1));
        }

        private static float inside(double offset) {
            return (float) Math.min(Math.max(offset, 0), 1);
        }

        private record Best(int level, int prior) {}

        private Best best(double width, double height) {
            Best best = null;
            double most = -1;
            for (int level = 0; level < outputs.levels().size(); level++) {
                var priors = outputs.levels().get(level).priors();
                for (int i = 0; i < priors.size(); i++) {
                    double iou = priors.get(i).iou(width, height);
                    if (iou > most) {
                        most = iou;
                        best = new Best(level, i);
                    }
                }
            }
            return best;
        }

        int count() {
            return boxes.size();
        }

        Tensor index() {
            return Tensor.of(boxes.keySet().stream().mapToLong(Long::longValue).toArray(), count());
        }

        /** Offsets in the cell and logarithms of sides: {@code [M, 4]}. */
        Tensor boxes() {
            return columns(0, 4);
        }

        /** How much a box counts: {@code [M, 1]}. */
        Tensor weights() {
            return columns(4, 1);
        }

        private Tensor columns(int first, int width) {
            var values = new float[width * count()];
            int at = 0;
            for (var row : boxes.values()) {
                System.arraycopy(row, first, values, at, width);
                at += width;
            }
            return Tensor.of(values, count(), width);
        }

        /** {@code [M, C]}. */
        Tensor classes() {
            var values = new float[classCount * count()];
            int at = 0;
            for (int label : labels.values()) {
                values[at + label] = 1;
                at += classCount;
            }
            return Tensor.of(values, count(), classCount);
        }
    }
}
