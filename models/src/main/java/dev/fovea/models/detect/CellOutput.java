package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What a network says about each cell of maps at several strides: one box, whether there is an object, and its class.
 *
 * @param levels from the finest to the coarsest
 */
public record CellOutput(List<Level> levels) implements TensorOutput {
    public CellOutput {
        levels = List.copyOf(levels);
    }

    /**
     * One map.
     *
     * @param stride pixels from cell to cell
     * @param boxes {@code [N, 4, H, W]}: centre relative to the cell's corner in strides, logarithms of width and height in strides
     * @param objectness {@code [N, 1, H, W]}: logits
     * @param classes {@code [N, C, H, W]}: logits
     */
    public record Level(int stride, Tensor boxes, Tensor objectness, Tensor classes) {}

    @Override
    public List<Tensor> tensors() {
        return levels.stream()
                .flatMap(l -> Stream.of(l.boxes, l.objectness, l.classes))
                .toList();
    }

    /** The raw boxes of all cells, level by level, row by row: {@code [N, A, 4]} float32. */
    Tensor boxes() {
        return flat(Level::boxes);
    }

    /** {@code [N, A]} float32. */
    Tensor objectness() {
        return flat(Level::objectness).squeeze(2);
    }

    /** {@code [N, A, C]} float32. */
    Tensor classes() {
        return flat(Level::classes);
    }

    private Tensor flat(Function<Level, Tensor> part) {
        var rows = levels.stream()
                .map(part)
                .map(map -> map.flatten(2, -1).transpose(1, 2).to(DType.FLOAT32))
                .toList();
        return Tensor.cat(rows, 1);
    }

    /** Where each cell begins and how wide it is, in the order of {@link #boxes}: {@code [A]} each. */
    @SuppressWarnings("ArrayRecordComponent") // tables inside one call
    record Cells(float[] x, float[] y, float[] stride) {
        int count() {
            return stride.length;
        }

        /** {@code [A, 2]}: columns and rows. */
        Tensor corners(Tensor like) {
            var values = new float[2 * count()];
            for (int a = 0; a < count(); a++) {
                values[2 * a] = x[a];
                values[2 * a + 1] = y[a];
            }
            return Tensor.of(values, count(), 2).to(like.device());
        }

        /** {@code [A, 1]}. */
        Tensor strides(Tensor like) {
            return Tensor.of(stride, count(), 1).to(like.device());
        }
    }

    /** The cells, counted in columns and rows of their own level. */
    Cells cells() {
        int count = levels.stream()
                .mapToInt(l -> (int) (l.boxes.dim(2) * l.boxes.dim(3)))
                .sum();
        var cells = new Cells(new float[count], new float[count], new float[count]);
        int a = 0;
        for (var level : levels) {
            for (int row = 0; row < level.boxes.dim(2); row++) {
                for (int column = 0; column < level.boxes.dim(3); column++, a++) {
                    cells.x[a] = column;
                    cells.y[a] = row;
                    cells.stride[a] = level.stride;
                }
            }
        }
        return cells;
    }

    /** Boxes as centre, width and height in pixels: {@code [N, A, 4]}. */
    static Tensor decoded(Tensor boxes, Cells cells) {
        var strides = cells.strides(boxes);
        var centres = boxes.narrow(2, 0, 2).add(cells.corners(boxes)).mul(strides);
        var sides = boxes.narrow(2, 2, 2).exp().mul(strides);
        return Tensor.cat(List.of(centres, sides), 2);
    }

    /** What became of all cells of all pictures, for comparison with other implementations: {@code [N, A, 4 + 1 + C]}. */
    public Tensor decoded() {
        var parts = new ArrayList<Tensor>();
        parts.add(decoded(boxes(), cells()));
        parts.add(objectness().sigmoid().unsqueeze(2));
        parts.add(classes().sigmoid());
        return Tensor.cat(parts, 2);
    }
}
