package dev.fovea.export.graph;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.fovea.tensor.DType;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.TreeSet;

/** Writes graphs as ONNX files. Large constants can lie in a second file, which must then stay beside the first. */
public final class OnnxFile {
    /** The version of the file format that goes with the oldest set of operators that is written. */
    private static final int IR_VERSION = 8;

    private static final long LARGEST = 2_000_000_000L;
    private static final int LEAST_EXTERNAL = 1024;
    private static final int PAGE = 4096;

    private OnnxFile() {}

    /** Whether a graph is too large for one file, whose format ends at 2 GB. */
    public static boolean needsExternalData(Graph graph) {
        return graph.constantBytes() > LARGEST;
    }

    /** The graph as the bytes of a file. */
    public static byte[] toBytes(Graph graph) {
        if (needsExternalData(graph)) {
            throw new IllegalArgumentException("the graph holds " + graph.constantBytes()
                    + " bytes of constants, a file at most " + LARGEST + "; write it with external data");
        }
        return model(graph, null).toByteArray();
    }

    /** Writes one file. */
    public static void write(Graph graph, Path file) throws IOException {
        if (needsExternalData(graph)) {
            throw new IllegalArgumentException(file + " would be over 2 GB; write it with external data");
        }
        save(model(graph, null), file);
    }

    /**
     * Writes the graph to one file and its larger constants to another in the same folder.
     *
     * @param dataName the name that the graph has for the second file
     */
    public static void writeWithData(Graph graph, Path file, Path data, String dataName) throws IOException {
        ModelProto model;
        try (var channel = FileChannel.open(data, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            model = model(graph, new External(channel, dataName));
            channel.force(true);
        }
        save(model, file);
    }

    private static void save(ModelProto model, Path file) throws IOException {
        try (var channel = FileChannel.open(
                        file,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE);
                var out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
            model.writeTo(out);
            out.flush();
            channel.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Where large constants go. */
    private record External(FileChannel channel, String name) {
        /** Writes a constant at the next page, so that it can be mapped into memory; gives its place. */
        long append(Constant constant) throws IOException {
            long at = (channel.size() + PAGE - 1) / PAGE * PAGE;
            channel.position(at);
            var data = constant.data();
            while (data.hasRemaining()) {
                channel.write(data);
            }
            return at;
        }
    }

    private static ModelProto model(Graph graph, External external) {
        var model = ModelProto.newBuilder()
                .setIrVersion(irVersion(graph.opset()))
                .setProducerName("Fovea")
                .setGraph(graph(graph, external));
        model.addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(graph.opset()));
        var domains = new TreeSet<String>();
        graph.nodes().forEach(n -> domains.add(n.domain()));
        domains.remove("");
        domains.forEach(d -> model.addOpsetImport(
                OperatorSetIdProto.newBuilder().setDomain(d).setVersion(1)));
        graph.metadata()
                .forEach((key, value) -> model.addMetadataProps(
                        StringStringEntryProto.newBuilder().setKey(key).setValue(value)));
        return model.build();
    }

    private static int irVersion(int opset) {
        return opset >= 21 ? 10 : opset >= 19 ? 9 : IR_VERSION;
    }

    private static GraphProto graph(Graph graph, External external) {
        var proto = GraphProto.newBuilder().setName("fovea");
        graph.nodes().forEach(n -> proto.addNode(node(n)));
        graph.constants().forEach((name, constant) -> proto.addInitializer(tensor(name, constant, external)));
        graph.inputs().forEach(v -> proto.addInput(value(v)));
        graph.outputs().forEach(v -> proto.addOutput(value(v)));
        return proto.build();
    }

    private static NodeProto node(GraphNode node) {
        var proto = NodeProto.newBuilder()
                .setName(node.name())
                .setOpType(node.op())
                .setDomain(node.domain())
                .addAllInput(node.inputs())
                .addAllOutput(node.outputs());
        node.attributes().forEach((name, value) -> proto.addAttribute(attribute(name, value)));
        return proto.build();
    }

    private static AttributeProto attribute(String name, Object value) {
        var proto = AttributeProto.newBuilder().setName(name);
        if (value instanceof Long n) {
            proto.setType(AttributeProto.AttributeType.INT).setI(n);
        } else if (value instanceof Double d) {
            proto.setType(AttributeProto.AttributeType.FLOAT).setF(d.floatValue());
        } else if (value instanceof String s) {
            proto.setType(AttributeProto.AttributeType.STRING).setS(ByteString.copyFromUtf8(s));
        } else if (value instanceof long[] many) {
            proto.setType(AttributeProto.AttributeType.INTS);
            for (long n : many) {
                proto.addInts(n);
            }
        } else if (value instanceof double[] many) {
            proto.setType(AttributeProto.AttributeType.FLOATS);
            for (double d : many) {
                proto.addFloats((float) d);
            }
        } else if (value instanceof Constant constant) {
            proto.setType(AttributeProto.AttributeType.TENSOR).setT(tensor("", constant, null));
        } else if (value instanceof List<?> texts) {
            proto.setType(AttributeProto.AttributeType.STRINGS);
            texts.forEach(t -> proto.addStrings(ByteString.copyFromUtf8((String) t)));
        } else {
            throw new IllegalArgumentException("an attribute cannot be a " + value.getClass());
        }
        return proto.build();
    }

    private static TensorProto tensor(String name, Constant constant, External external) {
        var proto = TensorProto.newBuilder().setName(name).setDataType(code(constant.type()));
        for (long dim : constant.dims()) {
            proto.addDims(dim);
        }
        if (external == null || constant.data().remaining() < LEAST_EXTERNAL) {
            return proto.setRawData(UnsafeByteOperations.unsafeWrap(constant.data()))
                    .build();
        }
        try {
            long at = external.append(constant);
            return proto.setDataLocation(TensorProto.DataLocation.EXTERNAL)
                    .addExternalData(entry("location", external.name()))
                    .addExternalData(entry("offset", Long.toString(at)))
                    .addExternalData(
                            entry("length", Integer.toString(constant.data().remaining())))
                    .build();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static StringStringEntryProto entry(String key, String value) {
        return StringStringEntryProto.newBuilder().setKey(key).setValue(value).build();
    }

    private static ValueInfoProto value(GraphValue value) {
        var tensor = TypeProto.Tensor.newBuilder().setElemType(code(value.type()));
        if (value.dims() != null) {
            var shape = TensorShapeProto.newBuilder();
            for (Object dim : value.dims()) {
                var d = TensorShapeProto.Dimension.newBuilder();
                shape.addDim(dim instanceof Long n ? d.setDimValue(n) : d.setDimParam((String) dim));
            }
            tensor.setShape(shape);
        }
        return ValueInfoProto.newBuilder()
                .setName(value.name())
                .setType(TypeProto.newBuilder().setTensorType(tensor))
                .build();
    }

    /** ONNX's number for a type of elements. */
    public static int code(DType type) {
        return switch (type) {
            case FLOAT32 -> TensorProto.DataType.FLOAT_VALUE;
            case FLOAT64 -> TensorProto.DataType.DOUBLE_VALUE;
            case FLOAT16 -> TensorProto.DataType.FLOAT16_VALUE;
            case BFLOAT16 -> TensorProto.DataType.BFLOAT16_VALUE;
            case UINT8 -> TensorProto.DataType.UINT8_VALUE;
            case INT8 -> TensorProto.DataType.INT8_VALUE;
            case INT16 -> TensorProto.DataType.INT16_VALUE;
            case INT32 -> TensorProto.DataType.INT32_VALUE;
            case INT64 -> TensorProto.DataType.INT64_VALUE;
            case BOOL -> TensorProto.DataType.BOOL_VALUE;
        };
    }
}
