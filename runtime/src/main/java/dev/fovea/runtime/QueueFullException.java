package dev.fovea.runtime;

import java.util.concurrent.RejectedExecutionException;

/** More pictures wait than the queue may hold; try again later. */
public final class QueueFullException extends RejectedExecutionException {
    private static final long serialVersionUID = 1;

    QueueFullException(int queue) {
        super(queue + " pictures wait already; try again later");
    }
}
