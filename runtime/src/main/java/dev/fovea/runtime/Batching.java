package dev.fovea.runtime;

import java.time.Duration;

/**
 * How single pictures are gathered to batches. While one batch runs, the next gathers by itself; the delay is waited only for one that is
 * not full.
 *
 * @param maxDelay the longest that a picture waits for others; zero never waits
 * @param queue the most pictures that wait; more are refused with {@link QueueFullException}
 */
public record Batching(Duration maxDelay, int queue) {
    public Batching {
        if (maxDelay.isNegative() || queue < 1) {
            throw new IllegalArgumentException("batching: needs a delay of 0 or more and a queue of at least 1, got "
                    + maxDelay + " and " + queue);
        }
    }
}
