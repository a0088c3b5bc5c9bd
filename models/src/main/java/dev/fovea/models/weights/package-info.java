/**
 * Published weights: where they lie ({@link dev.fovea.models.weights.PublishedWeights}), how they come here
 * ({@link dev.fovea.models.weights.Download}, {@link dev.fovea.models.weights.WeightsFolder}), and what their tensors are called at other
 * projects ({@link dev.fovea.models.weights.Renaming}).
 */
package dev.fovea.models.weights;
