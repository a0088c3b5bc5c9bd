package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/** The means of {@code height x width} windows that cover maps of any size: {@code [N, C, H, W]} to {@code [N, C, height, width]}. */
public final class AdaptiveAvgPool2d extends Layer {
    private final int height;
    private final int width;

    private AdaptiveAvgPool2d(int height, int width) {
        this.height = height;
        this.width = width;
    }

    /** To a square map; 1 pools everything. */
    public static LayerSpec<AdaptiveAvgPool2d> of(int size) {
        return of(size, size);
    }

    public static LayerSpec<AdaptiveAvgPool2d> of(int height, int width) {
        if (height < 1 || width < 1) {
            throw new IllegalArgumentException(
                    "the output of adaptive pooling must be at least 1x1, got " + height + "x" + width);
        }
        return () -> new AdaptiveAvgPool2d(height, width);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return x.adaptiveAvgPool2d(height, width);
    }
}
