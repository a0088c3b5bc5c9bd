package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** Dimensions joined into one: {@code [N, C, H, W]} to {@code [N, C H W]}. */
public final class Flatten extends Layer {
    private final int first;
    private final int last;

    private Flatten(int first, int last) {
        this.first = first;
        this.last = last;
    }

    /** All dimensions but the batch. */
    public static LayerSpec<Flatten> of() {
        return of(1, -1);
    }

    /** The dimensions from {@code first} to {@code last}, both included; negative ones count from the end. */
    public static LayerSpec<Flatten> of(int first, int last) {
        return () -> new Flatten(first, last);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.flatten(first, last);
    }
}
