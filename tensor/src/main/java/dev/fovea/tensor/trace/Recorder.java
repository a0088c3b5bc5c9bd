package dev.fovea.tensor.trace;

import dev.fovea.tensor.Attributes;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * Listens to the operations of one thread. Called after an operation has run, while inputs and outputs are open; a
 * recorder that needs values later must copy them. Inputs may hold {@code null} where an optional tensor (a bias) is absent.
 */
public interface Recorder {
    /** An operation of the facade ran. */
    void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs);

    /** A module begins to compute; operations until the matching {@link #leave} are its own. */
    void enter(String moduleName);

    /** The module of the matching {@link #enter} is done. */
    void leave();
}
