/**
 * What networks learn, rather than how fast: trainings with fixed seeds and small budgets on MNIST, and what is left of their accuracy under
 * changes of the test pictures.
 */
package dev.fovea.bench.quality;
