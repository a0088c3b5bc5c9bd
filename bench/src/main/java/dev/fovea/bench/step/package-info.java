/**
 * Training steps on a batch that never changes: {@link dev.fovea.bench.step.FoveaStep} as Fovea's loop makes them, the same written straight
 * on the libtorch presets ({@link dev.fovea.bench.step.RawPresetsStep}), and DJL's ({@link dev.fovea.bench.step.DjlStep}). All start
 * from random weights and train on the same number of pictures of 1000 classes with SGD, momentum 0.9.
 */
package dev.fovea.bench.step;
