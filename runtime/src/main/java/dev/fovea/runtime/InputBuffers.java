package dev.fovea.runtime;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.javacpp.BytePointer;

/** Native memory for inputs, used again: asking the system for it costs more than filling it. */
final class InputBuffers implements AutoCloseable {
    /** What may lie idle; more is given back. */
    private static final long MOST_IDLE_BYTES = 256L << 20;

    private final Map<Integer, ArrayDeque<Buffer>> idle = new HashMap<>();
    private long idleBytes;
    private boolean closed;

    /** Memory on loan; closing it gives it back. */
    final class Buffer implements AutoCloseable {
        private final BytePointer memory;
        private final ByteBuffer bytes;

        private Buffer(int size) {
            memory = new BytePointer(size);
            bytes = memory.asByteBuffer();
        }

        /** All of it, in the machine's byte order, position 0. */
        ByteBuffer bytes() {
            return bytes.duplicate().order(bytes.order());
        }

        @Override
        public void close() {
            giveBack(this);
        }
    }

    /** At least as many bytes, whose contents are those of some earlier use. */
    Buffer take(long size) {
        if (size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a batch of " + size + " bytes is too large; use a smaller batch or smaller pictures");
        }
        synchronized (this) {
            var same = idle.get((int) size);
            if (same != null && !same.isEmpty()) {
                idleBytes -= size;
                return same.pop();
            }
        }
        return new Buffer((int) size);
    }

    private void giveBack(Buffer buffer) {
        synchronized (this) {
            long size = buffer.bytes.capacity();
            if (!closed && size <= MOST_IDLE_BYTES) {
                if (idleBytes + size > MOST_IDLE_BYTES) {
                    freeIdle(); // sizes that came once would fill it for ever
                }
                idleBytes += size;
                idle.computeIfAbsent((int) size, s -> new ArrayDeque<>()).push(buffer);
                return;
            }
        }
        buffer.memory.close();
    }

    /** Frees what is idle; what is on loan is freed when it comes back. */
    @Override
    public synchronized void close() {
        closed = true;
        freeIdle();
    }

    private void freeIdle() {
        idle.values().forEach(buffers -> buffers.forEach(b -> b.memory.close()));
        idle.clear();
        idleBytes = 0;
    }
}
