package dev.fovea.tensor;

import org.bytedeco.pytorch.global.torch;

/** How many threads one operation uses. */
public final class Threads {
    static {
        Natives.ensureLoaded();
    }

    private Threads() {}

    public static void set(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, got " + threads);
        }
        torch.set_num_threads(threads);
        ProductThreads.limit(threads);
    }

    public static int get() {
        return torch.get_num_threads();
    }
}
