package dev.fovea.tensor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.atomic.AtomicLong;
import org.bytedeco.javacpp.Pointer;

/**
 * Sees to it that tensors outside every {@link Scope} are freed in time. The garbage collector frees them, but the few bytes of a
 * handle on its heap never tell it that gigabytes hang on them: it is called here when they do.
 */
final class Unscoped {
    /** How much is made between two looks at the process. */
    private static final long STEP = 256L << 20;

    private static final AtomicLong SINCE_LOOK = new AtomicLong();
    private static volatile long step = STEP;
    private static volatile long limit = physicalMemory() / 2;
    private static volatile long afterLastCollection;

    private Unscoped() {}

    private static long physicalMemory() {
        // Unlike the presets' figure, this one respects the limit of a container.
        return ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean os
                ? os.getTotalMemorySize()
                : Pointer.totalPhysicalBytes();
    }

    static void made(org.bytedeco.pytorch.Tensor raw) {
        long bytes = raw.nbytes();
        if (SINCE_LOOK.addAndGet(bytes) >= step) {
            look(!raw.is_cpu());
        }
    }

    private static synchronized void look(boolean onDevice) {
        SINCE_LOOK.set(0);
        long used = Pointer.physicalBytes();
        // Where what is left after collecting is needed, collecting again at once would be in vain.
        if (onDevice || used > Math.max(limit, afterLastCollection + step)) {
            System.gc();
            Pointer.deallocateReferences();
            afterLastCollection = Pointer.physicalBytes();
        }
    }

    /** For tests: other thresholds; 0 puts the usual ones back. */
    static void thresholds(long newStep, long newLimit) {
        step = newStep == 0 ? STEP : newStep;
        limit = newStep == 0 ? physicalMemory() / 2 : newLimit;
    }
}
