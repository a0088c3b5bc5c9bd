package dev.fovea.runtime;

import java.util.Optional;

/**
 * How a network runs.
 *
 * @param provider what computes
 * @param threads how many threads one picture may use: 0 for as many as there are processors, in a pool that all networks of the process
 *     share if they do not spin; otherwise a pool of its own
 * @param spinning whether threads that wait for each other stay busy while a picture runs, in a pool of the network's own. Faster where
 *     networks have many small layers; harmful beside other work at the same time. Empty: unless libtorch, whose threads compute beside
 *     them, is on the class path
 * @param maxBatch the most pictures that run at a time, at least 1
 * @param batching whether single pictures of several threads are gathered to batches
 * @param description what is known of the network beside what its file says
 */
public record RuntimeOptions(
        Provider provider,
        int threads,
        Optional<Boolean> spinning,
        int maxBatch,
        Optional<Batching> batching,
        Optional<Description> description) {
    /** On the processor, with as many threads as there are processors, without batching, at most 16 pictures at a time. */
    public static final RuntimeOptions DEFAULT =
            new RuntimeOptions(Provider.CPU, 0, Optional.empty(), 16, Optional.empty(), Optional.empty());

    public RuntimeOptions {
        if (threads < 0 || maxBatch < 1) {
            throw new IllegalArgumentException(
                    "threads must be 0 or more and maxBatch at least 1, got " + threads + " and " + maxBatch);
        }
    }

    public RuntimeOptions withProvider(Provider other) {
        return new RuntimeOptions(other, threads, spinning, maxBatch, batching, description);
    }

    public RuntimeOptions withThreads(int count) {
        return new RuntimeOptions(provider, count, spinning, maxBatch, batching, description);
    }

    public RuntimeOptions withSpinning(boolean on) {
        return new RuntimeOptions(provider, threads, Optional.of(on), maxBatch, batching, description);
    }

    public RuntimeOptions withMaxBatch(int pictures) {
        return new RuntimeOptions(provider, threads, spinning, pictures, batching, description);
    }

    public RuntimeOptions withBatching(Batching how) {
        return new RuntimeOptions(provider, threads, spinning, maxBatch, Optional.of(how), description);
    }

    public RuntimeOptions withDescription(Description what) {
        return new RuntimeOptions(provider, threads, spinning, maxBatch, batching, Optional.of(what));
    }
}
