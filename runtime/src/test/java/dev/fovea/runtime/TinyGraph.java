package dev.fovea.runtime;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * Writes the smallest classifiers: the mean of each channel (the embedding), times a matrix {@code [classes, channels]} (the logits).
 * Built here from the format's messages, so that what reads them is tested against nothing of ours.
 */
final class TinyGraph {
    private final OnnxMl.GraphProto.Builder graph =
            OnnxMl.GraphProto.newBuilder().setName("tiny");
    private final OnnxMl.ModelProto.Builder model = OnnxMl.ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17));

    private TinyGraph() {}

    /** Prepared floats {@code [N, 3, height, width]}; a number or a name for each dimension. */
    static TinyGraph planes(float[][] weights, Object batch, Object height, Object width) {
        var tiny = new TinyGraph();
        tiny.graph.addInput(
                tensor("input", OnnxMl.TensorProto.DataType.FLOAT, batch, weights[0].length, height, width));
        tiny.head(weights, "input", "logits", "embedding");
        return tiny;
    }

    /** Pixels {@code [N, H, W, 3]}: transposed and cast in the graph. */
    static TinyGraph pixels(float[][] weights) {
        var tiny = new TinyGraph();
        tiny.graph.addInput(tensor("pixels", OnnxMl.TensorProto.DataType.UINT8, "n", "h", "w", weights[0].length));
        tiny.graph.addNode(node("Cast", "pixels", "floats").addAttribute(attribute("to", 1)));
        tiny.graph.addNode(node("Transpose", "floats", "planes")
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("perm")
                        .setType(OnnxMl.AttributeProto.AttributeType.INTS)
                        .addInts(0)
                        .addInts(3)
                        .addInts(1)
                        .addInts(2)));
        tiny.head(weights, "planes", "logits", "embedding");
        return tiny;
    }

    /** Outputs under other names, the embedding first. */
    static TinyGraph foreign(float[][] weights) {
        var tiny = new TinyGraph();
        tiny.graph.addInput(tensor("x", OnnxMl.TensorProto.DataType.FLOAT, 1, weights[0].length, 6, 6));
        tiny.graph.addOutput(tensor("pooled", OnnxMl.TensorProto.DataType.FLOAT, 1, weights[0].length));
        tiny.head(weights, "x", "scores", "pooled");
        tiny.graph.removeOutput(2);
        return tiny;
    }

    private void head(float[][] weights, String from, String logits, String embedding) {
        graph.addNode(node("GlobalAveragePool", from, "means"));
        graph.addNode(node("Flatten", "means", embedding));
        graph.addNode(node("Gemm", embedding, logits).addInput("weights").addAttribute(attribute("transB", 1)));
        var bytes = ByteBuffer.allocate(weights.length * weights[0].length * Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        for (float[] row : weights) {
            for (float w : row) {
                bytes.putFloat(w);
            }
        }
        graph.addInitializer(OnnxMl.TensorProto.newBuilder()
                .setName("weights")
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .addDims(weights.length)
                .addDims(weights[0].length)
                .setRawData(ByteString.copyFrom(bytes.array())));
        graph.addOutput(tensor(logits, OnnxMl.TensorProto.DataType.FLOAT, "n", weights.length));
        graph.addOutput(tensor(embedding, OnnxMl.TensorProto.DataType.FLOAT, "n", weights[0].length));
    }

    TinyGraph metadata(Map<String, String> entries) {
        entries.forEach((key, value) -> model.addMetadataProps(
                OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return this;
    }

    Path write(Path file) throws IOException {
        return Files.write(file, model.setGraph(graph).build().toByteArray());
    }

    private static OnnxMl.NodeProto.Builder node(String operation, String from, String to) {
        return OnnxMl.NodeProto.newBuilder().setOpType(operation).addInput(from).addOutput(to);
    }

    private static OnnxMl.AttributeProto attribute(String name, long value) {
        return OnnxMl.AttributeProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.AttributeProto.AttributeType.INT)
                .setI(value)
                .build();
    }

    private static OnnxMl.ValueInfoProto tensor(String name, OnnxMl.TensorProto.DataType type, Object... dims) {
        var shape = OnnxMl.TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            var d = OnnxMl.TensorShapeProto.Dimension.newBuilder();
            shape.addDim(dim instanceof Integer n ? d.setDimValue(n) : d.setDimParam(dim.toString()));
        }
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(type.getNumber())
                                .setShape(shape)))
                .build();
    }
}
