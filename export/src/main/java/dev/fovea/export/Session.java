package dev.fovea.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.OnnxFile;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A graph loaded by ONNX Runtime on the CPU with all its optimisations. Close it. */
public final class Session implements AutoCloseable {
    private final OrtSession session;
    private final OrtSession.SessionOptions options;

    private Session(Loader loader) {
        try {
            options = new OrtSession.SessionOptions();
            options.setOptimizationLevel(OrtSession.SessionOptions.OptLevel.ALL_OPT);
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            // Threads that spin while they wait slow libtorch, which lives in this process too.
            options.addConfigEntry("session.intra_op.allow_spinning", "0");
            session = loader.load(OrtEnvironment.getEnvironment(), options);
        } catch (OrtException e) {
            throw refused(e);
        }
    }

    private interface Loader {
        OrtSession load(OrtEnvironment environment, OrtSession.SessionOptions options) throws OrtException;
    }

    public static Session open(Path file) {
        return new Session((environment, options) -> environment.createSession(file.toString(), options));
    }

    /** Loads a graph that is in memory, of at most 2 GB. */
    public static Session open(Graph graph) {
        byte[] bytes = OnnxFile.toBytes(graph);
        return new Session((environment, options) -> environment.createSession(bytes, options));
    }

    /** Loads a file and writes down what ONNX Runtime makes of it. */
    static void saveOptimised(Graph graph, Path to) {
        byte[] bytes = OnnxFile.toBytes(graph);
        try (var session = new Session((environment, options) -> {
            options.setOptimizedModelFilePath(to.toString());
            return environment.createSession(bytes, options);
        })) {
            session.inputNames();
        }
    }

    private static IllegalStateException refused(OrtException e) {
        return new IllegalStateException("ONNX Runtime refuses the exported graph: " + e.getMessage(), e);
    }

    /** The names of the inputs. */
    public List<String> inputNames() {
        return List.copyOf(session.getInputNames());
    }

    /** Outputs by name, as tensors of the innermost scope. */
    public Map<String, Tensor> run(Map<String, Tensor> inputs) {
        var given = new LinkedHashMap<String, OnnxTensor>();
        try {
            for (var entry : inputs.entrySet()) {
                given.put(entry.getKey(), tensor(entry.getValue()));
            }
            try (var results = session.run(given)) {
                var outputs = new LinkedHashMap<String, Tensor>();
                for (var result : results) {
                    outputs.put(result.getKey(), tensor((OnnxTensor) result.getValue()));
                }
                return outputs;
            }
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime cannot run the exported graph: " + e.getMessage(), e);
        } finally {
            given.values().forEach(OnnxTensor::close);
        }
    }

    /** Runs a graph of one input and gives its first output. */
    public Tensor run(Tensor input) {
        return new ArrayList<>(run(Map.of(inputNames().get(0), input)).values()).get(0);
    }

    private static OnnxTensor tensor(Tensor tensor) throws OrtException {
        var environment = OrtEnvironment.getEnvironment();
        long[] shape = tensor.shape().toArray();
        var source = tensor.contiguous();
        var copy = ByteBuffer.allocateDirect(
                        Math.toIntExact(source.numel() * source.dtype().bytes()))
                .order(ByteOrder.nativeOrder());
        copy.put(source.asByteBuffer()).flip();
        return OnnxTensor.createTensor(environment, copy, shape, OrtTypes.of(source.dtype()));
    }

    private static Tensor tensor(OnnxTensor tensor) {
        DType type = OrtTypes.of(tensor.getInfo().type);
        var source = tensor.getByteBuffer();
        var copy = ByteBuffer.allocateDirect(source.remaining()).order(ByteOrder.nativeOrder());
        copy.put(source).flip();
        return Tensor.wrap(copy, type, tensor.getInfo().getShape());
    }

    @Override
    public void close() {
        try {
            session.close();
            options.close();
        } catch (OrtException e) {
            throw new IllegalStateException(e);
        }
    }
}
