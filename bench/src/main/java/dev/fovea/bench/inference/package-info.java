/**
 * Exported networks: a batch in memory ({@link dev.fovea.bench.inference.RuntimeInference} and its peers), a folder of files
 * ({@link dev.fovea.bench.inference.PredictedFolder}), and two engines in one process ({@link dev.fovea.bench.inference.TwoEngines}).
 */
package dev.fovea.bench.inference;
