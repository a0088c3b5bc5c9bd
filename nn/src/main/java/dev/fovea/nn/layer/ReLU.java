package dev.fovea.nn.layer;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.tensor.Tensor;

/**
 * max(0, x) (Nair and Hinton 2010).
 *
 * <p>In a {@link Sequential} and in {@link Layer#chain} it works in place by itself after a convolution, a normalisation or a fully connected layer.
 */
public final class ReLU extends Layer {
    private final boolean inPlace;

    private ReLU(boolean inPlace) {
        this.inPlace = inPlace;
    }

    public static Spec of() {
        return new Spec(false);
    }

    @Override
    protected Tensor forward(Tensor x) {
        return inPlace && !isObserved() ? x.reluInPlace() : x.relu();
    }

    @Override
    protected Tensor forwardInPlace(Tensor x) {
        return x.reluInPlace();
    }

    /** All options; immutable. */
    public record Spec(boolean overwrites) implements LayerSpec<ReLU> {
        /**
         * Always overwrites its input, which saves memory. Only where nothing else needs the input: not its maker's gradient (after a
         * convolution, normalisation or sum it does not), not another branch, not the caller.
         */
        public Spec inPlace() {
            return new Spec(true);
        }

        @Override
        public ReLU build() {
            return new ReLU(overwrites);
        }
    }
}
