package dev.fovea.nn;

import dev.fovea.tensor.Tensor;

/** A tensor that training changes. */
public final class Parameter extends State {
    Parameter(Tensor value) {
        super(value);
        value().requiresGrad(true);
    }

    /** Whether gradients are computed for it; {@link #freeze} switches that off. */
    public boolean isTrainable() {
        return value().requiresGrad();
    }

    /** Leaves it out of training. */
    public void freeze() {
        value().requiresGrad(false);
        value().clearGrad();
    }

    /** Takes it back into training. */
    public void unfreeze() {
        value().requiresGrad(true);
    }
}
