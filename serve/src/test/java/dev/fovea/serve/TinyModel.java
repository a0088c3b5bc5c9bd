package dev.fovea.serve;

import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
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
