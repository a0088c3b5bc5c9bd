package dev.fovea.tensor;

import dev.fovea.tensor.trace.Recorder;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A stretch of work in this thread that a {@link Recorder} listens to, and what recorders need to tell tensors apart: handles come
 * and go, and several may stand for one tensor.
 */
public final class Recording implements AutoCloseable {
    private final Recorder before;
    private boolean closed;

    private Recording(Recorder recorder) {
        before = Op.setRecorder(recorder);
    }

    /** Starts listening; ends when the result is closed. */
    public static Recording start(Recorder recorder) {
        return new Recording(recorder);
    }

    /** Who listens in this thread. */
    public static Optional<Recorder> current() {
        return Optional.ofNullable(Op.recorder());
    }

    /**
     * Work that graphs know as one operation, for what has steps in Java that no graph can follow: a recorder hears of {@code name} and not of
     * what {@code work} does.
     *
     * @param parameters whole numbers, fractional numbers, truth values, words and arrays of numbers, in order
     */
    public static Tensor as(String name, Map<String, Object> parameters, List<Tensor> inputs, Supplier<Tensor> work) {
        var recorder = Op.setRecorder(null);
        Tensor result;
        try {
            result = work.get();
        } finally {
            Op.setRecorder(recorder);
        }
        if (recorder != null) {
            recorder.operation(name, List.copyOf(inputs), Attributes.of(parameters), List.of(result));
        }
        return result;
    }

    /** A number that all handles on one tensor share, and no other tensor has as long as one of them is open. */
    public static long identity(Tensor tensor) {
        try (var implementation = tensor.raw().unsafeGetTensorImpl()) {
            return implementation.address();
        }
    }

    /** How often the memory of a tensor, or of a view on it, was written to. */
    public static long version(Tensor tensor) {
        return tensor.raw()._version();
    }

    /** A second handle on a tensor that no scope frees; it must be closed. */
    public static Tensor hold(Tensor tensor) {
        var raw = tensor.raw();
        return new Tensor(NativeOptions.keep(() -> new org.bytedeco.pytorch.Tensor(raw)));
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            Op.setRecorder(before);
        }
    }
}
