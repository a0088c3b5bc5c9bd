/**
 * From recorded operations to ONNX operators. {@link dev.fovea.export.lower.Mappings} is the table: one mapping, or the reason for a refusal, for
 * each operation of the tensor facade; {@link dev.fovea.export.lower.Call} is what a mapping sees. {@code MappingsTest} holds each against
 * ONNX Runtime.
 */
package dev.fovea.export.lower;
