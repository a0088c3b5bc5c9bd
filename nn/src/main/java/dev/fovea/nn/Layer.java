package dev.fovea.nn;

import dev.fovea.tensor.Tensor;

/** A module from one tensor to one tensor. Architectures override {@link #forward} and use other layers by {@link #call}. */
public abstract class Layer extends Module {
    /** Computes the output; what it makes on the way is freed when it returns. */
    public final Tensor call(Tensor x) {
        return run(() -> forward(x));
    }

    /** What this layer computes. */
    protected abstract Tensor forward(Tensor x);
}
