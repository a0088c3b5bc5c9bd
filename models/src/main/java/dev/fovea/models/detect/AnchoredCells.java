package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * What YOLOv3 says about each prior of each cell: a box, whether there is an object, and its classes, independently.
 *
 * @param levels from the finest to the coarsest
 */
public record AnchoredCells(List<Level> levels) implements TensorOutput {
    /** Numbers for each prior before those of the classes: box and objectness. */
    private static final int BEFORE_CLASSES = 5;

    /** Sides longer than this many times the prior's are no box; keeps numbers finite. */
    private static final double LARGEST_LOG_RATIO = Math.log(1e4);

    public AnchoredCells {
        levels = List.copyOf(levels);
    }

    /**
     * One map.
     *
     * @param stride pixels from cell to cell
     * @param priors widths and heights in pixels, A of them
     * @param raw {@code [N, A (5 + C), H, W]}: for each prior the centre in its cell as logits, logarithms of width and height in
     *     widths and heights of the prior, logits of objectness and of each class
     */
    public record Level(int stride, List<Prior> priors, Tensor raw) {
        public Level {
            priors = List.copyOf(priors);
        }
    }

    /** The size of a box that is expected, in pixels. */
    public record Prior(double width, double height) {
        /** How much of two boxes at the same place is common to both. */
        double iou(double otherWidth, double otherHeight) {
            double common = Math.min(width, otherWidth) * Math.min(height, otherHeight);
            return common / (width * height + otherWidth * otherHeight - common);
        }
    }

    @Override
    public List<Tensor> tensors() {
        return levels.stream().map(Level::raw).toList();
    }

    /** All that is said, level by level, row by row, cell by cell, prior by prior: {@code [N, K, 5 + C]} float32. */
    Tensor rows() {
        return Tensor.cat(
                levels.stream()
                        .map(l -> DenseHead.rows(l.raw, l.raw.dim(1) / l.priors.size())
                                .to(DType.FLOAT32))
                        .toList(),
                1);
    }

    static Tensor objectness(Tensor rows) {
        return rows.select(-1, BEFORE_CLASSES - 1);
    }

    static Tensor classes(Tensor rows) {
        return rows.narrow(rows.rank() - 1, BEFORE_CLASSES, rows.dim(rows.rank() - 1) - BEFORE_CLASSES);
    }

    /** The first row of each level in {@link #rows}. */
    int[] starts() {
        var starts = new int[levels.size()];
        for (int i = 1; i < starts.length; i++) {
            var before = levels.get(i - 1);
            starts[i] = starts[i - 1] + (int) (before.priors.size() * before.raw.dim(2) * before.raw.dim(3));
        }
        return starts;
    }

    /** The row of a prior of a cell. */
    int row(int level, int y, int x, int prior) {
        var l = levels.get(level);
        return starts()[level] + (y * (int) l.raw.dim(3) + x) * l.priors.size() + prior;
    }

    /** Column, row, stride, width and height of each prior of each cell: {@code [K, 5]}. */
    private float[] places() {
        int count = levels.stream()
                .mapToInt(l -> (int) (l.priors.size() * l.raw.dim(2) * l.raw.dim(3)))
                .sum();
        var values = new float[5 * count];
        int i = 0;
        for (var level : levels) {
            for (int y = 0; y < level.raw.dim(2); y++) {
                for (int x = 0; x < level.raw.dim(3); x++) {
                    for (var prior : level.priors) {
                        values[i++] = x;
                        values[i++] = y;
                        values[i++] = level.stride;
                        values[i++] = (float) prior.width;
                        values[i++] = (float) prior.height;
                    }
                }
            }
        }
        return values;
    }

    /** Boxes as corners in pixels of {@link #rows}: {@code [N, K, 4]}. */
    Tensor corners(Tensor rows) {
        var values = places();
        var places = Tensor.of(values, values.length / 5, 5).to(rows.device());
        var centres = rows.narrow(2, 0, 2).sigmoid().add(places.narrow(1, 0, 2)).mul(places.narrow(1, 2, 1));
        var half = rows.narrow(2, 2, 2)
                .clampMax(LARGEST_LOG_RATIO)
                .exp()
                .mul(places.narrow(1, 3, 2))
                .mul(0.5);
        return Tensor.cat(List.of(centres.sub(half), centres.add(half)), 2);
    }
}
