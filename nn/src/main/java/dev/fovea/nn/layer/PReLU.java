package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.Tensor;

/** x where positive, else a learned slope times x (He et al. 2015). Parameter {@code weight}, {@code [1]} or {@code [C]}, 0.25 at first. */
public final class PReLU extends Layer {
    private final Parameter weight;

    private PReLU(int slopes) {
        weight = parameter("weight", Tensor.zeros(slopes).fillInPlace(0.25));
    }

    /** One slope for all channels. */
    public static LayerSpec<PReLU> of() {
        return of(1);
    }

    /** One slope for each channel. */
    public static LayerSpec<PReLU> of(int channels) {
        if (channels < 1) {
            throw new IllegalArgumentException("PReLU needs at least one slope, got " + channels);
        }
        return () -> new PReLU(channels);
    }

    @Override
    protected Tensor forward(Tensor x) {
        long slopes = weight.value().numel();
        if (slopes > 1 && (x.rank() < 2 || x.dim(1) != slopes)) {
            throw wrongInput(x, "[N, " + slopes + ", ...]", "use one slope (PReLU.of()) for any number of channels");
        }
        return x.prelu(weight.value());
    }
}
