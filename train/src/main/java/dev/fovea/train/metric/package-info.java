/**
 * Metrics on plain numbers: they add up, then compute once.
 *
 * <p>Start with {@link dev.fovea.train.metric.ConfusionMatrix}; {@code MetricTest} shows them against reference values.
 */
package dev.fovea.train.metric;
