/**
 * Metrics on plain numbers: they add up, then compute once.
 *
 * <p>Start with {@link dev.fovea.train.metric.ConfusionMatrix}; {@code MetricTest} shows them against reference values. For
 * detectors start with {@link dev.fovea.train.metric.DetectionEvaluator}; below it is the evaluation of COCO, {@link
 * dev.fovea.train.metric.CocoEvaluator}, which compares masks and key points, too, and that of Pascal VOC, {@link
 * dev.fovea.train.metric.VocEvaluator}. {@code CocoEvaluatorTest} shows them against the reference.
 */
package dev.fovea.train.metric;
