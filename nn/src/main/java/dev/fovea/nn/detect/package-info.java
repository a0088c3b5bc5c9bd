/**
 * What detectors are made of besides layers: boxes as tensors and how much they overlap, {@linkplain dev.fovea.nn.detect.BoxCoder box
 * coders}, {@linkplain dev.fovea.nn.detect.AnchorGenerator anchors}, {@linkplain dev.fovea.nn.detect.BoxMatcher matching},
 * {@linkplain dev.fovea.nn.detect.Suppression suppression} and {@linkplain dev.fovea.nn.detect.RegionPooling pooling of regions}. Boxes
 * are {@code [..., 4]}, corners {@code (x1, y1, x2, y2)} in pixels unless a name says otherwise. {@code DetectionOperationsTest} compares
 * them all with the reference's numbers.
 */
package dev.fovea.nn.detect;
