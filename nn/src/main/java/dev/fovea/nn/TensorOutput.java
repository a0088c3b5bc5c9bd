package dev.fovea.nn;

import dev.fovea.tensor.Tensor;
import java.util.List;

/** The result of a module that gives more than one tensor; records implement it so that memory scopes see inside them. */
public interface TensorOutput {
    /** All tensors of this result that must outlive the module's own work. */
    List<Tensor> tensors();
}
