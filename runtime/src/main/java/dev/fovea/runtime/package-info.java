/**
 * Recognising with exported networks, without libtorch: {@link dev.fovea.runtime.Classifier} on ONNX Runtime, and
 * {@link dev.fovea.runtime.ModelMetadata}, what a file says of itself.
 */
package dev.fovea.runtime;
