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
 * Writes the smallest detectors: boxes that are always the same, whose scores are means of the picture's channels times a matrix. Built here
 * from the format's messages, so that what reads them is tested against nothing of ours.
 */
final class TinyDetector {
    private final OnnxMl.GraphProto.Builder graph =
            OnnxMl.GraphProto.newBuilder().setName("tiny");
    private final OnnxMl.ModelProto.Builder model = OnnxMl.ModelProto.newBuilder()
            .setIrVersion(8)
            .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17));

    private TinyDetector(Object batch, int side) {
        graph.addInput(tensor("input", OnnxMl.TensorProto.DataType.FLOAT, batch, 3, side, side));
        graph.addNode(node("GlobalAveragePool", "pooled", "input"));
        graph.addNode(node("Flatten", "means", "pooled"));
    }

    /**
     * {@code boxes [N, A, 4]} and {@code scores [N, A, C]}.
     *
     * @param boxes of each place
     * @param weights of each place and class on the means of red, green and blue
     */
    static TinyDetector dense(Object batch, int side, float[][] boxes, float[][][] weights) {
        var tiny = new TinyDetector(batch, side);
        int classes = weights[0].length;
        var flat = new float[boxes.length * classes][];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = weights[i / classes][i % classes];
        }
        tiny.linear("scores", flat, new float[flat.length], -1, boxes.length, classes);
        tiny.linear("boxes", new float[boxes.length * 4][3], flattened(boxes), -1, boxes.length, 4);
        tiny.output("scores", batch, boxes.length, classes);
        tiny.output("boxes", batch, boxes.length, 4);
        return tiny;
    }

    /** One output {@code [N, A, width]} of the same numbers for every picture. */
    static TinyDetector raw(int side, float[][] rows) {
        var tiny = new TinyDetector("n", side);
        int width = rows[0].length;
        tiny.linear("output", new float[rows.length * width][3], flattened(rows), -1, rows.length, width);
        tiny.output("output", "n", rows.length, width);
        return tiny;
    }

    /** {@code boxes [D, 4]}, {@code scores [D]}, {@code labels [D]} and {@code pictures [D]}: each picture has its boxes, for two pictures. */
    static TinyDetector chosen(int side, float[][] boxes, float[] scores, long[] labels, long[] pictures) {
        var tiny = new TinyDetector(2, side);
        tiny.constant("boxes", flattened(boxes), boxes.length, 4);
        tiny.constant("scores", scores, scores.length);
        tiny.integers("labels", labels);
        tiny.integers("pictures", pictures);
        return tiny;
    }

    private static float[] flattened(float[][] rows) {
        var flat = new float[rows.length * rows[0].length];
        for (int i = 0; i < flat.length; i++) {
            flat[i] = rows[i / rows[0].length][i % rows[0].length];
        }
        return flat;
    }

    private void linear(String name, float[][] weights, float[] bias, long... shape) {
        floats(name + "-weights", flattened(weights), weights.length, 3);
        floats(name + "-bias", bias, bias.length);
        var dims = OnnxMl.TensorProto.newBuilder()
                .setName(name + "-shape")
                .setDataType(OnnxMl.TensorProto.DataType.INT64.getNumber())
                .addDims(shape.length);
        for (long length : shape) {
            dims.addInt64Data(length);
        }
        graph.addInitializer(dims);
        graph.addNode(node("Gemm", name + "-flat", "means", name + "-weights", name + "-bias")
                .addAttribute(OnnxMl.AttributeProto.newBuilder()
                        .setName("transB")
                        .setType(OnnxMl.AttributeProto.AttributeType.INT)
                        .setI(1)));
        graph.addNode(node("Reshape", name, name + "-flat", name + "-shape"));
    }

    private void constant(String name, float[] values, long... shape) {
        floats(name + "-values", values, shape);
        graph.addNode(node("Identity", name, name + "-values"));
        var dims = new Object[shape.length];
        for (int i = 0; i < dims.length; i++) {
            dims[i] = i == 0 ? "d" : (Object) (int) shape[i];
        }
        output(name, dims);
    }

    private void integers(String name, long[] values) {
        var data = OnnxMl.TensorProto.newBuilder()
                .setName(name + "-values")
                .setDataType(OnnxMl.TensorProto.DataType.INT64.getNumber())
                .addDims(values.length);
        for (long value : values) {
            data.addInt64Data(value);
        }
        graph.addInitializer(data);
        graph.addNode(node("Identity", name, name + "-values"));
        graph.addOutput(tensor(name, OnnxMl.TensorProto.DataType.INT64, "d"));
    }

    private void floats(String name, float[] values, long... shape) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        var data = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .setRawData(ByteString.copyFrom(bytes.array()));
        for (long length : shape) {
            data.addDims(length);
        }
        graph.addInitializer(data);
    }

    private void output(String name, Object... dims) {
        graph.addOutput(tensor(name, OnnxMl.TensorProto.DataType.FLOAT, dims));
    }

    TinyDetector metadata(Map<String, String> entries) {
        entries.forEach((key, value) -> model.addMetadataProps(
                OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return this;
    }

    Path write(Path file) throws IOException {
        return Files.write(file, model.setGraph(graph).build().toByteArray());
    }

    private static OnnxMl.NodeProto.Builder node(String operation, String to, String... from) {
        var node = OnnxMl.NodeProto.newBuilder().setOpType(operation).addOutput(to);
        for (String name : from) {
            node.addInput(name);
        }
        return node;
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
