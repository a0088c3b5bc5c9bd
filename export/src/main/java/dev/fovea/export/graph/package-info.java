/**
 * ONNX graphs as plain Java data, and writing them to files. Start with {@link dev.fovea.export.graph.Graph} and
 * {@link dev.fovea.export.graph.OnnxFile}.
 */
package dev.fovea.export.graph;
