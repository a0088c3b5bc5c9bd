package dev.fovea.models.detect;

import dev.fovea.nn.Layer;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * Where each place of a map lies, as sines and cosines of its row and column (Vaswani et al. 2017, for two dimensions). Rows and columns are
 * counted over what is picture and divided by their number, so that pictures of all sizes look alike.
 */
final class SinePositions extends Layer {
    private static final double TEMPERATURE = 10_000;
    private static final double TINY = 1e-6;

    private final int half;
    private final boolean centred;

    /**
     * @param width the length of a position, half for rows and half for columns
     * @param centred whether places are counted from their centres (Deformable DETR) or from their ends (DETR)
     */
    SinePositions(int width, boolean centred) {
        if (width % 4 != 0) {
            throw new IllegalArgumentException("positions need hidden_dim to be a multiple of 4, got " + width);
        }
        half = width / 2;
        this.centred = centred;
    }

    /** From padding {@code [N, H, W]} (bool) to positions {@code [N, width, H, W]}. */
    @Override
    protected Tensor forward(Tensor padding) {
        var picture = padding.logicalNot().to(DType.FLOAT32);
        var rows = waves(counted(picture, 1), half);
        var columns = waves(counted(picture, 2), half);
        return Tensor.cat(List.of(rows, columns), 3).permute(0, 3, 1, 2).contiguous();
    }

    private Tensor counted(Tensor picture, int dim) {
        var count = picture.cumsum(dim);
        var all = count.narrow(dim, picture.dim(dim) - 1, 1);
        return (centred ? count.sub(0.5) : count).div(all.add(TINY)).mul(2 * Math.PI);
    }

    /** Sines and cosines in turn of ever longer waves: from {@code [...]} to {@code [..., length]}. */
    static Tensor waves(Tensor angles, int length) {
        var exponents = new float[length];
        for (int i = 0; i < length; i++) {
            int pair = i / 2;
            exponents[i] = 2f * pair / length;
        }
        var periods = Tensor.full(TEMPERATURE, DType.FLOAT32, angles.device())
                .pow(Tensor.of(exponents, length).to(angles.device()));
        var turned = angles.unsqueeze(angles.rank()).div(periods);
        int last = turned.rank() - 1;
        var pairs = turned.unflatten(last, length / 2, 2);
        return Tensor.stack(
                        List.of(
                                pairs.select(last + 1, 0).sin(),
                                pairs.select(last + 1, 1).cos()),
                        last + 1)
                .flatten(last, last + 1);
    }
}
