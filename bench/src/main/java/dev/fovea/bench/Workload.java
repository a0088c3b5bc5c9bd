package dev.fovea.bench;

import java.io.IOException;

/** Work that a contender's process does again and again while it is timed. */
public interface Workload extends AutoCloseable {
    /** What does the work, with version and settings; a few words for the table. */
    String description();

    /** Does the work {@code repetitions} times and gives the number of pictures that went through. */
    long run(int repetitions) throws IOException;

    @Override
    void close();

    /** A peer is not here or cannot do this; the message says why. */
    final class UnavailableException extends Exception {
        private static final long serialVersionUID = 1;

        public UnavailableException(String reason) {
            super(reason);
        }
    }
}
