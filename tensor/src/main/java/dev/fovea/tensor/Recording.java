package dev.fovea.tensor;

import dev.fovea.tensor.trace.Recorder;
import java.util.Optional;

/** A stretch of work in this thread that a {@link Recorder} listens to. */
public final class Recording implements AutoCloseable {
    private final Recorder before;

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

    @Override
    public void close() {
        Op.setRecorder(before);
    }
}
