/**
 * Layers: convolution, linear, normalisation, pooling, activation, attention, recurrence, containers.
 *
 * <p>Each is made by {@code Name.of(required values)} with chained options, for example
 * {@code Conv2d.of(3, 64, 7).stride(2).padding(3).noBias()}; start with {@link dev.fovea.nn.layer.Conv2d}.
 */
package dev.fovea.nn.layer;
