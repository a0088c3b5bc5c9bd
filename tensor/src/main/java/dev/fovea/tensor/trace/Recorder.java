package dev.fovea.tensor.trace;

import dev.fovea.tensor.Attributes;
import dev.fovea.tensor.Tensor;
import java.util.List;

/**
 * Listens to the operations of one thread. Called after an operation has run, while inputs and outputs are open; a
 * recorder that needs tensors later must hold them with {@link dev.fovea.tensor.Recording#hold}. Inputs may be {@code null} where
 * an optional tensor (a bias) is absent.
 *
 * <p>Told is everything that makes values from values. Not told are: work that only reads values or manages gradients, operations that
 * find nothing to do and give the very tensor back (casting to the same type, dropout out of training), and writing to a tensor's
 * memory by {@code copyFrom}, {@code fillInPlace} and their like, which has no place in a graph of values. In-place activations and
 * arithmetic are told under the names of their plain forms; their output is the input tensor, which is a new value from then on.
 */
public interface Recorder {
    /** An operation of the facade ran. */
    void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs);

    /** A module begins to compute; operations until the matching {@link #leave} are its own. */
    void enter(String moduleName);

    /** The module of the matching {@link #enter} is done. */
    void leave();
}
