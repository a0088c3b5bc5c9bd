package dev.fovea.serve;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Spreads refusals over time. Callers that come again at once when refused would otherwise keep all cores busy with refusing, and nothing
 * would be recognised any more. Refusals up to {@value #A_SECOND} a second are given at once; beyond that they wait their turn, though
 * none longer than {@value #LONGEST_MILLIS} ms.
 */
final class RefusalPace {
    static final int A_SECOND = 200;
    static final long LONGEST_MILLIS = 2000;

    private static final long GAP = TimeUnit.SECONDS.toNanos(1) / A_SECOND;
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(LONGEST_MILLIS);

    private boolean any;
    private long next;

    /** Done when the next refusal may be given. */
    CompletableFuture<Void> turn() {
        long wait = waitNanos(System.nanoTime());
        return wait == 0
                ? CompletableFuture.completedFuture(null)
                : new CompletableFuture<Void>().completeOnTimeout(null, wait, TimeUnit.NANOSECONDS);
    }

    /** Nanoseconds that a refusal of this moment waits. */
    synchronized long waitNanos(long now) {
        long turn = any ? now + Math.min(Math.max(0, next - now), LONGEST) : now;
        any = true;
        next = turn + GAP;
        return turn - now;
    }
}
