package dev.fovea.runtime;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/** What comes of pictures later. */
final class NetworkResults {
    private NetworkResults() {}

    /** What a function makes of a result; cancelling it cancels what it is made of. */
    static <A, B> CompletableFuture<B> mapped(CompletableFuture<A> first, Function<A, B> function) {
        var result = first.thenApply(function);
        var unused = result.whenComplete((done, failure) -> {
            if (result.isCancelled()) {
                first.cancel(false);
            }
        });
        return result;
    }

    /** The result when it is there; failures are those of the work. */
    static <R> R await(CompletableFuture<R> result) {
        try {
            return result.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }
}
