/**
 * Tensors on libtorch: values, operations, autograd, memory scopes and precision.
 *
 * <p>Start with {@link dev.fovea.tensor.Tensor}; its operations are spread over package-private ancestors by family
 * (element-wise, reductions, views, spatial, network). Memory belongs to the innermost {@link dev.fovea.tensor.Scope}. All
 * operations pass through {@code Op}, where a {@link dev.fovea.tensor.trace.Recorder} can listen.
 */
package dev.fovea.tensor;
