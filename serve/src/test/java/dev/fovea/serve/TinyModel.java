package dev.fovea.serve;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import dev.fovea.runtime.BoxDecoding;
import dev.fovea.runtime.BoxForm;
import dev.fovea.runtime.BoxSelection;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A network that tells red, green and blue pictures apart: the mean of each channel, times a factor. */
final class TinyModel {
    static final int SIDE = 8;

    private TinyModel() {}

    static Path write(Path file, List<String> labels, float factor) throws IOException {
        var metadata = ModelMetadata.classifier(
                labels, new Preprocessing(ResizePolicy.parse("stretch" + SIDE), Normalize.UNIT));
        var model = OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17));
        metadata.toMap()
                .forEach((key, value) -> model.addMetadataProps(
                        OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        var weights = ByteBuffer.allocate(36).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < 9; i++) {
            weights.putFloat(i % 4 == 0 ? factor : 0);
        }
        model.setGraph(OnnxMl.GraphProto.newBuilder()
                .setName("tiny")
                .addInput(tensor("input", "n", 3, SIDE, SIDE))
                .addNode(node("GlobalAveragePool", "input", "means"))
                .addNode(node("Flatten", "means", "embedding"))
                .addNode(node("MatMul", "embedding", "logits").addInput("weights"))
                .addInitializer(OnnxMl.TensorProto.newBuilder()
                        .setName("weights")
                        .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                        .addDims(3)
                        .addDims(3)
                        .setRawData(ByteString.copyFrom(weights.array())))
                .addOutput(tensor("logits", "n", 3))
                .addOutput(tensor("embedding", "n", 3)));
        // At once, as whoever deploys a model should.
        var part = Files.write(
                file.resolveSibling(file.getFileName() + ".part"), model.build().toByteArray());
        return Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * A network that finds a red object in the upper left quarter, and a green one in the right half, as far as a picture has that colour:
     * {@code boxes [N, 2, 4]} and {@code scores [N, 2, 2]}.
     */
    static Path detector(Path file) throws IOException {
        var metadata = ModelMetadata.detector(
                List.of("red", "green"),
                new Preprocessing(ResizePolicy.parse("stretch" + SIDE), Normalize.UNIT),
                new BoxDecoding(BoxForm.Dense.ofCorners(), BoxSelection.USUAL));
        var model = OnnxMl.ModelProto.newBuilder()
                .setIrVersion(8)
                .addOpsetImport(OnnxMl.OperatorSetIdProto.newBuilder().setVersion(17));
        metadata.toMap()
                .forEach((key, value) -> model.addMetadataProps(
                        OnnxMl.StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        model.setGraph(OnnxMl.GraphProto.newBuilder()
                .setName("tiny")
                .addInput(tensor("input", "n", 3, SIDE, SIDE))
                .addNode(node("GlobalAveragePool", "input", "pooled"))
                .addNode(node("Flatten", "pooled", "means"))
                .addInitializer(floats("weights", 3, 4, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0))
                .addNode(node("MatMul", "means", "flat").addInput("weights"))
                .addInitializer(integers("pairs", -1, 2, 2))
                .addNode(node("Reshape", "flat", "scores").addInput("pairs"))
                .addInitializer(floats("nothing", 3, 8, new float[24]))
                .addInitializer(floats("corners", 1, 8, 0, 0, 4, 4, 4, 0, 8, 8))
                .addNode(node("MatMul", "means", "zeros").addInput("nothing"))
                .addNode(node("Add", "zeros", "eight").addInput("corners"))
                .addInitializer(integers("fours", -1, 2, 4))
                .addNode(node("Reshape", "eight", "boxes").addInput("fours"))
                .addOutput(tensor("boxes", "n", 2, 4))
                .addOutput(tensor("scores", "n", 2, 2)));
        return Files.write(file, model.build().toByteArray());
    }

    private static OnnxMl.TensorProto.Builder floats(String name, int rows, int columns, float... values) {
        var bytes = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                .addDims(rows)
                .addDims(columns)
                .setRawData(ByteString.copyFrom(bytes.array()));
    }

    private static OnnxMl.TensorProto.Builder integers(String name, long... values) {
        var tensor = OnnxMl.TensorProto.newBuilder()
                .setName(name)
                .setDataType(OnnxMl.TensorProto.DataType.INT64.getNumber())
                .addDims(values.length);
        for (long value : values) {
            tensor.addInt64Data(value);
        }
        return tensor;
    }

    /** A PNG of one colour. */
    static byte[] picture(int red, int green, int blue) {
        return ImageWriter.png(Image.filled(20, 14, red, green, blue));
    }

    private static OnnxMl.NodeProto.Builder node(String operation, String from, String to) {
        return OnnxMl.NodeProto.newBuilder().setOpType(operation).addInput(from).addOutput(to);
    }

    private static OnnxMl.ValueInfoProto tensor(String name, Object... dims) {
        var shape = OnnxMl.TensorShapeProto.newBuilder();
        for (Object dim : dims) {
            var d = OnnxMl.TensorShapeProto.Dimension.newBuilder();
            shape.addDim(dim instanceof Integer n ? d.setDimValue(n) : d.setDimParam(dim.toString()));
        }
        return OnnxMl.ValueInfoProto.newBuilder()
                .setName(name)
                .setType(OnnxMl.TypeProto.newBuilder()
                        .setTensorType(OnnxMl.TypeProto.Tensor.newBuilder()
                                .setElemType(OnnxMl.TensorProto.DataType.FLOAT.getNumber())
                                .setShape(shape)))
                .build();
    }
}
