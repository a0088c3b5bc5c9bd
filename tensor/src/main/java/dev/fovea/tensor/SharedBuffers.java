package dev.fovea.tensor;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ConcurrentHashMap;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.pytorch.PointerConsumer;
import org.bytedeco.pytorch.TensorOptions;
import org.bytedeco.pytorch.global.torch;

/**
 * Keeps Java buffers reachable while native tensors lie on their memory. libtorch counts the tensors, views and gradients that use
 * a piece of memory, and calls back when the last one is gone; only then is the buffer let go.
 */
final class SharedBuffers {
    private static final ConcurrentHashMap<Long, Deque<ByteBuffer>> HELD = new ConcurrentHashMap<>();

    private static final PointerConsumer RELEASE = NativeOptions.keep(() -> new PointerConsumer() {
        @Override
        public void call(Pointer data) {
            release(data.address());
        }
    });

    private SharedBuffers() {}

    /** A native tensor on the memory of a direct buffer from its position on. Must be called inside {@link Op}. */
    static org.bytedeco.pytorch.Tensor tensor(ByteBuffer buffer, TensorOptions options, long... shape) {
        // A slice starts at the buffer's position; it keeps the whole buffer's memory reachable.
        var memory = buffer.slice();
        if (memory.remaining() == 0) {
            return torch.empty(shape, options, null);
        }
        var pointer = new BytePointer(memory);
        long address = pointer.address();
        HELD.compute(address, (key, buffers) -> {
            var all = buffers == null ? new ArrayDeque<ByteBuffer>(1) : buffers;
            all.push(memory);
            return all;
        });
        try {
            return torch.from_blob(pointer, shape, RELEASE, options);
        } catch (RuntimeException e) {
            release(address);
            throw e;
        }
    }

    private static void release(long address) {
        HELD.computeIfPresent(address, (key, buffers) -> {
            buffers.pop();
            return buffers.isEmpty() ? null : buffers;
        });
    }

    /** How many buffers are held. */
    static int count() {
        return HELD.values().stream().mapToInt(Deque::size).sum();
    }
}
