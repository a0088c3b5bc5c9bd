package dev.fovea.tensor;

import java.util.Optional;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.openblas.presets.openblas_nolapack.SetNumThreads;

/**
 * How many threads OpenBLAS uses for matrix products. It has threads of its own beside libtorch's, and they cost: one that spins holds a
 * processor that the next convolution needs, one that sleeps is often woken on the very processor whose thread waits for it, and comes to run
 * milliseconds later. So small products stay on the thread that asks, and those of linear layers on many rows are not made by OpenBLAS at all
 * ({@link NetworkOps#linear}).
 *
 * <p>Products in backward are not seen from here: they get what the largest product before them got.
 */
final class ProductThreads {
    /** A third of a millisecond of a fast core. */
    static final long LARGE = 32L << 20;

    private static volatile int most = Threads.get();
    private static volatile int now = -1;
    private static volatile boolean largeSeen;

    /** OpenBLAS's own function, looked up once, since looking takes longer than a small product; empty with another library of products. */
    private static final Optional<SetNumThreads> SETTER = setter();

    private static Optional<SetNumThreads> setter() {
        var address = Loader.addressof("openblas_set_num_threads");
        if (address == null) {
            return Optional.empty();
        }
        var setter = new Setter().put(address);
        setter.retainReference(); // the operation whose scope is open now does not own it
        return Optional.of(setter);
    }

    private static final class Setter extends SetNumThreads {}

    private ProductThreads() {}

    /** Threads that products may use at all. */
    static void limit(int threads) {
        most = threads;
        now = -1;
    }

    /** Before a product of so many multiplications. */
    static void before(long multiplications) {
        boolean large = multiplications >= LARGE;
        largeSeen |= large;
        use(large ? most : 1);
    }

    /** Before products that run inside each of libtorch's threads. */
    static void beforeManySmall() {
        use(1);
    }

    /** Before gradients of what ran since the last time. */
    static void beforeBackward() {
        use(largeSeen ? most : 1);
        largeSeen = false;
    }

    /** What the next product gets; 0 if OpenBLAS is not what makes products. */
    static int now() {
        return SETTER.isPresent() ? now : 0;
    }

    private static synchronized void use(int threads) {
        if (threads != now) {
            SETTER.ifPresent(setter -> setter.call(threads));
            now = threads;
        }
    }
}
