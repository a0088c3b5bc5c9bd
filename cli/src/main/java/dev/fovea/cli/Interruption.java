package dev.fovea.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What happens on Ctrl-C and on SIGTERM. A process that ends while a thread computes in native code crashes in it, so the end waits until
 * the work has come to a place where it can stop.
 */
final class Interruption {
    private static final long LONGEST_WAIT_SECONDS = 30;

    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static volatile boolean requested;
    private static volatile boolean awaited;
    private static volatile int code;

    private Interruption() {}

    /** Thrown where the work can stop. */
    static final class StoppedException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        StoppedException(String message) {
            super(message);
        }
    }

    /** Lets the end of the process wait for {@link #ended}. */
    static void install() {
        var hook = new Thread(
                () -> {
                    synchronized (Interruption.class) {
                        requested = true;
                        Interruption.class.notifyAll();
                    }
                    try {
                        // Java reports every end by a signal as a failure, but for who waits for it, it is the usual
                        // end.
                        if (ENDED.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS) && awaited) {
                            Runtime.getRuntime().halt(code);
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt(); // nobody else waits: the process ends
                    }
                },
                "fovea-interruption");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Waits until the end is asked for, which then ends the process with the code given to {@link #ended}. */
    static void await() {
        awaited = true;
        synchronized (Interruption.class) {
            while (!requested) {
                try {
                    Interruption.class.wait();
                } catch (InterruptedException e) {
                    requested = true; // nobody else interrupts the main thread
                }
            }
        }
    }

    /** Stops here if that was asked for. */
    static void check() {
        if (requested) {
            throw new StoppedException("stopped");
        }
    }

    /** The work is done or has stopped; nothing runs in native code any more. */
    static void ended(int exitCode) {
        code = exitCode;
        ENDED.countDown();
    }
}
