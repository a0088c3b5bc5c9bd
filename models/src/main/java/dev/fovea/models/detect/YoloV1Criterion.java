package dev.fovea.models.detect;

import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Box;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.random.RandomGenerator;

/**
 * The loss of the first YOLO, arXiv 1506.02640, equation 3: the cell of an object's centre answers for it, by the one of its boxes that
 * overlaps the object most. Squared errors of centre and roots of sides times 5 ({@code coord_loss}), of the trust in that box, which
 * should equal its overlap ({@code object_loss}), of the trust in all others, which should be zero, times 0.5 ({@code no_object_loss}),
 * and of all classes in cells with an object ({@code class_loss}). Each is a sum over the batch divided by the count of objects, at
 * least 1. A cell knows one object: of several the largest.
 */
final class YoloV1Criterion implements Criterion<GridOutput> {
    private final double coordWeight;
    private final double emptyWeight;

    YoloV1Criterion(double coordWeight, double emptyWeight) {
        this.coordWeight = coordWeight;
        this.emptyWeight = emptyWeight;
    }

    @Override
    public Map<String, Tensor> losses(
            GridOutput outputs, Pictures pictures, List<BoxTargets> targets, RandomGenerator random) {
        var rows = outputs.rows();
        var answers = answers(outputs, rows, pictures, targets);
        double share = 1.0 / Math.max(1, answers.size());
        var device = rows.device();
        var index = longs(answers, Answer::row).to(device);
        var flat = rows.reshape(-1, GridOutput.EACH);
        var own = flat.indexSelect(0, index);
        var wanted = floats(answers, 4, Answer::box).to(device);
        var overlaps =
                floats(answers, 1, a -> new float[] {a.overlap}).to(device).squeeze(1);
        var trust = flat.select(1, 4);
        var empty = Tensor.ones(trust.dim(0))
                .to(device)
                .scatter(0, index, Tensor.zeros(answers.size()).to(device));
        var classes = outputs.classes();
        var said = classes.reshape(-1, classes.dim(2))
                .indexSelect(0, longs(answers, Answer::cell).to(device));
        var truth = floats(answers, (int) classes.dim(2), a -> oneHot(a.label, (int) classes.dim(2)))
                .to(device);
        var terms = new LinkedHashMap<String, Tensor>();
        terms.put("coord_loss", squared(own.narrow(1, 0, 4), wanted).mul(coordWeight * share));
        terms.put("object_loss", squared(own.select(1, 4), overlaps).mul(share));
        terms.put("no_object_loss", trust.square().mul(empty).sum().mul(emptyWeight * share));
        terms.put("class_loss", squared(said, truth).mul(share));
        return terms;
    }

    private static Tensor squared(Tensor said, Tensor wanted) {
        return said.sub(wanted).square().sum();
    }

    /** What answers for an object: its place among all boxes and all cells of the batch, and what it should say. */
    @SuppressWarnings("ArrayRecordComponent") // inside one call
    private record Answer(long row, long cell, float[] box, float overlap, int label, double area) {}

    private static List<Answer> answers(GridOutput outputs, Tensor rows, Pictures pictures, List<BoxTargets> targets) {
        float[] corners;
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            corners = outputs.corners(rows).toFloatArray();
        }
        var byCell = new LinkedHashMap<Long, Answer>();
        var frame = pictures.frame();
        for (int i = 0; i < targets.size(); i++) {
            var boxes = targets.get(i).boxes().toFloatArray();
            var labels = targets.get(i).labels().toLongArray();
            for (int k = 0; k < labels.length; k++) {
                var object = new Box(
                        boxes[4 * k] / frame.width(),
                        boxes[4 * k + 1] / frame.height(),
                        boxes[4 * k + 2] / frame.width(),
                        boxes[4 * k + 3] / frame.height());
                var answer = answer(outputs, corners, i, object, (int) labels[k]);
                byCell.merge(answer.cell, answer, (a, b) -> b.area > a.area ? b : a);
            }
        }
        return List.copyOf(byCell.values());
    }

    private static Answer answer(GridOutput outputs, float[] corners, int picture, Box object, int label) {
        int side = outputs.side();
        float cx = (object.x1() + object.x2()) / 2 * side;
        float cy = (object.y1() + object.y2()) / 2 * side;
        int column = (int) Math.min(Math.max(cx, 0), side - 1);
        int line = (int) Math.min(Math.max(cy, 0), side - 1);
        long cell = ((long) picture * side + line) * side + column;
        long best = cell * outputs.boxes();
        double most = -1;
        for (long row = cell * outputs.boxes(); row < (cell + 1) * outputs.boxes(); row++) {
            double iou = iou(corners, (int) row, object);
            if (iou > most) {
                most = iou;
                best = row;
            }
        }
        float width = object.x2() - object.x1();
        float height = object.y2() - object.y1();
        var box = new float[] {cx - column, cy - line, (float) Math.sqrt(width), (float) Math.sqrt(height)};
        return new Answer(best, cell, box, (float) Math.max(0, most), label, (double) width * height);
    }

    private static double iou(float[] corners, int row, Box object) {
        double width = Math.min(corners[4 * row + 2], object.x2()) - Math.max(corners[4 * row], object.x1());
        double height = Math.min(corners[4 * row + 3], object.y2()) - Math.max(corners[4 * row + 1], object.y1());
        double common = Math.max(0, width) * Math.max(0, height);
        double own = (double) (corners[4 * row + 2] - corners[4 * row]) * (corners[4 * row + 3] - corners[4 * row + 1]);
        return common / Math.max(1e-12, own + object.area() - common);
    }

    private static float[] oneHot(int label, int classes) {
        var values = new float[classes];
        values[label] = 1;
        return values;
    }

    private static Tensor longs(List<Answer> answers, ToLongFunction<Answer> value) {
        return Tensor.of(answers.stream().mapToLong(value).toArray(), answers.size());
    }

    private static Tensor floats(List<Answer> answers, int width, Function<Answer, float[]> row) {
        var values = new float[width * answers.size()];
        for (int i = 0; i < answers.size(); i++) {
            System.arraycopy(row.apply(answers.get(i)), 0, values, i * width, width);
        }
        return Tensor.of(values, answers.size(), width);
    }
}
