package dev.fovea.nn;

import dev.fovea.tensor.Tensor;

/** A tensor that belongs to a module without being trained, for example running statistics. */
public final class Buffer extends State {
    private final boolean persistent;

    Buffer(Tensor value, boolean persistent) {
        super(value);
        this.persistent = persistent;
    }

    /** Whether it is part of the state dict. */
    public boolean isPersistent() {
        return persistent;
    }
}
