package dev.fovea.train;

import dev.fovea.tensor.Scope;

/** Some samples as tensors. Made by a loader's thread on the CPU; the loop moves it and frees it with the step's scope. */
public interface Batch extends AutoCloseable {
    /** The number of samples. */
    int size();

    /** Hands all tensors to a scope. */
    void adopt(Scope scope);

    /** Frees all tensors. */
    @Override
    void close();
}
