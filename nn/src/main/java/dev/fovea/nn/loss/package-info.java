/**
 * What training makes small: a number from predictions and targets.
 *
 * <p>Each is an immutable description with chained options, for example
 * {@code CrossEntropy.of().labelSmoothing(0.1)}, used by {@link dev.fovea.nn.loss.Loss#compute}. Predictions in bfloat16 or float16 are
 * computed in float32.
 */
package dev.fovea.nn.loss;
