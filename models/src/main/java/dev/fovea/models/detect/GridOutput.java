package dev.fovea.models.detect;

import dev.fovea.nn.TensorOutput;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * What the first YOLO says about each cell of a grid over the picture: some boxes and one class.
 *
 * @param cells {@code [N, S, S, 5 B + C]}: for each box the centre in its cell (0-1), roots of width and height as parts of the picture,
 *     and how much it trusts the box; then what is said of each class. All are plain numbers that should lie in 0-1
 * @param boxes B
 */
public record GridOutput(Tensor cells, int boxes) implements TensorOutput {
    /** Numbers for each box. */
    static final int EACH = 5;

    @Override
    public List<Tensor> tensors() {
        return List.of(cells);
    }

    int side() {
        return (int) cells.dim(1);
    }

    /** {@code [N, S S B, 5]} float32, cell by cell. */
    Tensor rows() {
        return cells.narrow(3, 0, (long) EACH * boxes)
                .to(DType.FLOAT32)
                .reshape(cells.dim(0), (long) side() * side() * boxes, EACH);
    }

    /** {@code [N, S S, C]} float32. */
    Tensor classes() {
        long before = (long) EACH * boxes;
        return cells.narrow(3, before, cells.dim(3) - before)
                .to(DType.FLOAT32)
                .reshape(cells.dim(0), (long) side() * side(), cells.dim(3) - before);
    }

    /** Boxes of rows {@code [N, S S B, 5]} as corners, as parts of the picture: {@code [N, S S B, 4]}. */
    Tensor corners(Tensor rows) {
        int side = side();
        var corner = new float[2 * side * side * boxes];
        int i = 0;
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++) {
                for (int b = 0; b < boxes; b++) {
                    corner[i++] = x;
                    corner[i++] = y;
                }
            }
        }
        var cell = Tensor.of(corner, corner.length / 2, 2).to(rows.device());
        var centres = rows.narrow(2, 0, 2).add(cell).div(side);
        var half = rows.narrow(2, 2, 2).square().mul(0.5);
        return Tensor.cat(List.of(centres.sub(half), centres.add(half)), 2);
    }
}
