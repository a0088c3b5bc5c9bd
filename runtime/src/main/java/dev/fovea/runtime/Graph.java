package dev.fovea.runtime;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** A loaded graph with one picture input; runs on many threads at a time, and closes when the last run has ended. */
final class Graph implements AutoCloseable {
    private static final String FLOATS = "FP32";
    private static final Map<OnnxJavaType, String> TYPES = Map.of(
            OnnxJavaType.FLOAT,
            FLOATS,
            OnnxJavaType.FLOAT16,
            FLOATS,
            OnnxJavaType.INT64,
            "INT64",
            OnnxJavaType.INT32,
            "INT64");

    /** How pictures go in. */
    enum Layout {
        /** Prepared floats {@code [N, C, H, W]}. */
        PLANES(Float.BYTES),
        /** Pixels {@code [N, H, W, C]}, 0-255, prepared in the graph. */
        PIXELS(1);

        private final int bytes;

        Layout(int bytes) {
            this.bytes = bytes;
        }

        /** Of one value. */
        int bytes() {
            return bytes;
        }
    }

    /**
     * The input; -1 where a number is free.
     *
     * @param batch how many pictures run at a time
     */
    record Input(String name, Layout layout, int batch, int channels, int height, int width) {
        long[] shape(int pictures, int actualChannels, int actualHeight, int actualWidth) {
            return layout == Layout.PLANES
                    ? new long[] {pictures, actualChannels, actualHeight, actualWidth}
                    : new long[] {pictures, actualHeight, actualWidth, actualChannels};
        }
    }

    /**
     * An output.
     *
     * @param type FP32 or INT64, to which narrower ones are widened
     * @param shape -1 where a length is not known before a run
     */
    record Output(String name, String type, List<Integer> shape) {
        /** How many numbers there are for each of the first dimension; -1 where that is not known. */
        int width() {
            int width = 1;
            for (int length : shape.subList(Math.min(1, shape.size()), shape.size())) {
                width = length < 0 || width < 0 ? -1 : Math.multiplyExact(width, length);
            }
            return width;
        }
    }

    private final Path file;
    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Input input;
    private final List<Output> outputs;
    private final Map<String, String> metadata;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    private Graph(Path file, OrtEnvironment environment, OrtSession session) throws OrtException, ModelException {
        this.file = file;
        this.environment = environment;
        this.session = session;
        this.input = input(file, session);
        this.outputs = outputs(file, session);
        this.metadata = new LinkedHashMap<>(session.getMetadata().getCustomMetadata());
    }

    static Graph open(Path file, RuntimeOptions options) throws IOException {
        var engine = Engine.get();
        var session = engine.open(file, options);
        try {
            return new Graph(file, engine.environment(), session);
        } catch (OrtException | IOException e) {
            try {
                session.close();
            } catch (OrtException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e instanceof IOException io ? io : new ModelException(file + ": " + e.getMessage(), e);
        }
    }

    private static Input input(Path file, OrtSession session) throws OrtException, ModelException {
        var inputs = session.getInputInfo();
        if (inputs.size() != 1) {
            throw new ModelException(file + ": expected a graph with one input, a picture; it has " + inputs.keySet());
        }
        NodeInfo node = inputs.values().iterator().next();
        if (node.getInfo() instanceof TensorInfo tensor && tensor.getShape().length == 4) {
            long[] shape = tensor.getShape();
            int[] dims = new int[4];
            for (int i = 0; i < 4; i++) {
                dims[i] = Math.toIntExact(shape[i]);
            }
            if (tensor.type == OnnxJavaType.FLOAT && isChannels(dims[1])) {
                return new Input(node.getName(), Layout.PLANES, dims[0], dims[1], dims[2], dims[3]);
            }
            if (tensor.type == OnnxJavaType.UINT8 && isChannels(dims[3])) {
                return new Input(node.getName(), Layout.PIXELS, dims[0], dims[3], dims[1], dims[2]);
            }
        }
        throw new ModelException(file + ": its input '" + node.getName() + "' is " + node.getInfo()
                + "; expected float [N, C, H, W] or uint8 [N, H, W, C] with 1 or 3 channels");
    }

    private static boolean isChannels(int count) {
        return count == 1 || count == 3 || count == -1;
    }

    private static List<Output> outputs(Path file, OrtSession session) throws OrtException, ModelException {
        var outputs = new ArrayList<Output>();
        for (NodeInfo node : session.getOutputInfo().values()) {
            if (node.getInfo() instanceof TensorInfo tensor && TYPES.containsKey(tensor.type)) {
                var shape = new ArrayList<Integer>();
                for (long length : tensor.getShape()) {
                    shape.add(Math.toIntExact(length));
                }
                outputs.add(new Output(node.getName(), TYPES.get(tensor.type), List.copyOf(shape)));
            }
        }
        if (outputs.stream().noneMatch(o -> o.type().equals(FLOATS))) {
            throw new ModelException(file + ": no output of floats; its outputs are " + session.getOutputInfo());
        }
        return outputs;
    }

    Path file() {
        return file;
    }

    Input input() {
        return input;
    }

    /** {@code metadata_props}. */
    Map<String, String> metadata() {
        return metadata;
    }

    Signature signature() {
        boolean planes = input.layout() == Layout.PLANES;
        var shape = planes
                ? List.of(input.batch(), input.channels(), input.height(), input.width())
                : List.of(input.batch(), input.height(), input.width(), input.channels());
        return new Signature(
                new Signature.Tensor(input.name(), planes ? "FP32" : "UINT8", shape),
                outputs.stream()
                        .map(o -> new Signature.Tensor(o.name(), o.type(), o.shape()))
                        .toList());
    }

    /** The first output of floats. */
    Output first() {
        return outputs.stream().filter(o -> o.type().equals(FLOATS)).findFirst().orElseThrow();
    }

    /** The output of a name. */
    Output named(String name) throws ModelException {
        return output(name)
                .orElseThrow(() -> new ModelException(file + " has no output '" + name + "'; its outputs are "
                        + outputs.stream().map(Output::name).toList()));
    }

    Optional<Output> output(String name) {
        return outputs.stream().filter(o -> o.name().equals(name)).findFirst();
    }

    /**
     * Runs the graph.
     *
     * @param data the pictures in the input's layout, in native memory, from position to limit
     * @param shape the input's shape
     * @param wanted which outputs are wanted
     * @return what each output gives
     * @throws IllegalStateException if this is closed, or the graph fails
     */
    List<Values> run(ByteBuffer data, long[] shape, List<String> wanted) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(file + " is closed");
            }
            try (var tensor = tensor(data, shape);
                    var result = session.run(Map.of(input.name(), tensor), Set.copyOf(wanted))) {
                return wanted.stream()
                        .map(name -> values((OnnxTensor) result.get(name).orElseThrow()))
                        .toList();
            }
        } catch (OrtException e) {
            throw new IllegalStateException(file + ": " + Engine.plain(e), e);
        } finally {
            lock.readLock().unlock();
        }
    }

    private static Values values(OnnxTensor tensor) {
        var shape = new ArrayList<Integer>();
        for (long length : tensor.getInfo().getShape()) {
            shape.add(Math.toIntExact(length));
        }
        if (tensor.getInfo().type == OnnxJavaType.INT64) {
            LongBuffer values = tensor.getLongBuffer();
            long[] rows = new long[values.remaining()];
            values.get(rows);
            return new Values.Integers(shape, rows);
        }
        if (tensor.getInfo().type == OnnxJavaType.INT32) {
            IntBuffer values = tensor.getIntBuffer();
            long[] rows = new long[values.remaining()];
            for (int i = 0; i < rows.length; i++) {
                rows[i] = values.get(i);
            }
            return new Values.Integers(shape, rows);
        }
        FloatBuffer values = tensor.getFloatBuffer();
        float[] rows = new float[values.remaining()];
        values.get(rows);
        return new Values.Floats(shape, rows);
    }

    private OnnxTensor tensor(ByteBuffer data, long[] shape) throws OrtException {
        var type = input.layout() == Layout.PLANES ? OnnxJavaType.FLOAT : OnnxJavaType.UINT8;
        return OnnxTensor.createTensor(environment, data, shape, type);
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                session.close();
            }
        } catch (OrtException e) {
            throw new IllegalStateException(file + ": cannot be closed: " + e.getMessage(), e);
        } finally {
            lock.writeLock().unlock();
        }
    }
}
