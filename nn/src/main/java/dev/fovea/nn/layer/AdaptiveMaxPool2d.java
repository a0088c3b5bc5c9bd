package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** The largest values of {@code height x width} windows that cover maps of any size: {@code [N, C, H, W]} to {@code [N, C, height, width]}. */
public final class AdaptiveMaxPool2d extends Layer {
    private final int height;
    private final int width;

    private AdaptiveMaxPool2d(int height, int width) {
        this.height = height;
        this.width = width;
    }

    /** To a square map; 1 pools everything. */
    public static LayerSpec<AdaptiveMaxPool2d> of(int size) {
        return of(size, size);
    }

    public static LayerSpec<AdaptiveMaxPool2d> of(int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "the output of adaptive pooling must be at least 1x1, got " + height + "x" + width);
        }
        return () -> new AdaptiveMaxPool2d(height, width);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.adaptiveMaxPool2d(height, width);
    }
}
