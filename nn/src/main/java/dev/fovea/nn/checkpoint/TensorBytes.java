package dev.fovea.nn.checkpoint;

import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;

/** The memory of a tensor in pieces that fit a buffer, so that tensors over 2 GB can be read and written. */
final class TensorBytes {
    private static final long PIECE = 1L << 28;

    private TensorBytes() {}

    /** Works on one piece of memory. */
    interface Work {
        void on(ByteBuffer piece) throws IOException;
    }

    /** Calls {@code work} with all bytes of a contiguous tensor on the CPU, in order. */
    static void forEach(Tensor tensor, Work work) throws IOException {
        long count = tensor.numel();
        if (count == 0) {
            return;
        }
        long piece = PIECE / tensor.dtype().bytes();
        try (var scope = Scope.open()) {
            var flat = tensor.detach().reshape(-1);
            for (long start = 0; start < count; start += piece) {
                work.on(flat.narrow(0, start, Math.min(piece, count - start)).asByteBuffer());
            }
        }
    }
}
