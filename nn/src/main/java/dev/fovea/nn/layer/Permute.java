package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;
import java.util.Arrays;

/** The dimensions in another order, without copying: {@code of(0, 2, 3, 1)} makes {@code [N, C, H, W]} into {@code [N, H, W, C]}. */
public final class Permute extends Layer {
    private final long[] order;

    private Permute(long[] order) {
        this.order = order;
    }

    /** To the dimensions at these places, each named once. */
    public static LayerSpec<Permute> of(long... order) {
        var copy = order.clone();
        var sorted = order.clone();
        Arrays.sort(sorted);
        for (int i = 0; i < sorted.length; i++) {
            if (sorted[i] != i) {
                throw new IllegalArgumentException("an order of " + order.length + " dimensions names each of 0 to "
                        + (order.length - 1) + " once, got " + Arrays.toString(order));
            }
        }
        return () -> new Permute(copy);
    }

    @Override
    protected Tensor forward(Tensor x) {
        if (x.rank() != order.length) {
            throw wrongInput(
                    x, order.length + " dimensions", "build the layer for the number of dimensions that reach it");
        }
        return x.permute(order);
    }
}
