/**
 * From a network to an ONNX file: a recorded run becomes a graph, the graph is made smaller, written, and compared with the network.
 *
 * <p>Start with {@link dev.fovea.export.OnnxExport}; {@code lower} holds one mapping for each operation, {@code optimise} what is done to the
 * graph, {@code graph} the graph itself and its file. {@code RegistryExportTest} shows it at work.
 */
package dev.fovea.export;
