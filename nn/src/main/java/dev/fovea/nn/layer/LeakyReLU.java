package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/**
 * x where positive, else {@code slope} x (Maas et al. 2013).
 *
 * <p>In a {@link Sequential} and in {@link Layer#chain} it works in place by itself after a convolution, a normalisation or a fully connected layer.
 */
public final class LeakyReLU extends Layer {
    private final double slope;
    private final boolean inPlace;

    private LeakyReLU(double slope, boolean inPlace) {
        this.slope = slope;
        this.inPlace = inPlace;
    }

    /** With a slope of 0 or more below 0, for example 0.01. */
    public static Spec of(double slope) {
        return new Spec(slope, false);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return inPlace && slope > 0 && !isObserved() ? x.leakyReluInPlace(slope) : x.leakyRelu(slope);
    }

    @Override
    protected Tensor forwardInPlace(Tensor x) {
        return slope == 0 ? x.leakyRelu(slope) : x.leakyReluInPlace(slope);
    }

    /** All options; immutable. */
    public record Spec(double slope, boolean overwrites) implements LayerSpec<LeakyReLU> {
        public Spec {
            if (!(slope >= 0)) {
                throw new IllegalArgumentException("the slope of LeakyReLU must be 0 or more, got " + slope);
            }
        }

        /**
         * Always overwrites its input, which saves memory. Only where nothing else needs the input: not its maker's gradient (after a
         * convolution, normalisation or sum it does not), not another branch, not the caller.
         */
        public Spec inPlace() {
            return new Spec(slope, true);
        }

        @Override
        public LeakyReLU build() {
            return new LeakyReLU(slope, overwrites);
        }
    }
}
