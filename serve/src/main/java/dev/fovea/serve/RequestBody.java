package dev.fovea.serve;

import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Reads bodies into memory: none larger than the limit, and all together no more than the budget. No thread waits for a body, so that slow
 * callers hold nothing but what they have sent.
 */
final class RequestBody {
    private static final int PIECE = 64 << 10;

    private final ServeOptions.Limits limits;
    private final long limit;
    private final long budget;
    private final AtomicLong held = new AtomicLong();

    /**
     * Sets the limits.
     *
     * @param budget the most bytes of all bodies in work
     */
    RequestBody(ServeOptions.Limits limits, long budget) {
        this.limits = limits;
        this.limit = limits.body();
        this.budget = Math.max(2 * limit, budget);
    }

    /**
     * The body of a request in asynchronous mode.
     *
     * @param release takes what returns its share of the budget, at once, also for a body that fails
     */
    CompletableFuture<byte[]> read(HttpServletRequest request, Consumer<Runnable> release) throws IOException {
        long announced = request.getContentLengthLong();
        if (announced > limit) {
            throw Problem.tooLarge("the body has " + announced + " bytes, the limit is " + limit);
        }
        var body = new Arriving(request.getInputStream(), announced);
        release.accept(body::free);
        request.getInputStream().setReadListener(body);
        long millis = limits.time().toMillis() + (announced < 0 ? limit : announced) * 1000 / limits.bytesPerSecond();
        return body.whole.orTimeout(millis, TimeUnit.MILLISECONDS).exceptionally(failure -> {
            var cause = Recognition.cause(failure);
            if (cause instanceof TimeoutException) {
                throw Problem.tooSlow("the body was not there within " + millis + " ms");
            }
            throw Answers.problem(cause);
        });
    }

    /** A body of which some is there; its memory grows with it, whatever length was announced. */
    private final class Arriving implements ReadListener {
        private final ServletInputStream in;
        private final long announced;
        private final CompletableFuture<byte[]> whole = new CompletableFuture<>();
        private byte[] bytes = new byte[0];
        private int length;
        private boolean freed;

        Arriving(ServletInputStream in, long announced) {
            this.in = in;
            this.announced = announced;
        }

        @Override
        public void onDataAvailable() throws IOException {
            while (in.isReady() && !in.isFinished()) {
                if (length == bytes.length) {
                    grow();
                }
                int n = in.read(bytes, length, bytes.length - length);
                if (n < 0) {
                    return;
                }
                length += n;
            }
        }

        /** To twice as much, but no further than what was announced and one byte, which shows that there is no more. */
        private void grow() {
            if (length > limit) {
                throw Problem.tooLarge("the body is larger than the limit of " + limit + " bytes");
            }
            long most = (announced < 0 ? limit : announced) + 1;
            int larger = (int) Math.min(most, Math.max(PIECE, 2L * bytes.length));
            if (larger <= bytes.length) {
                throw Problem.tooLarge("the body is larger than the limit of " + limit + " bytes");
            }
            take(larger - bytes.length);
            bytes = Arrays.copyOf(bytes, larger);
        }

        private synchronized void take(int more) {
            if (freed) {
                throw Problem.tooSlow("the request was given up");
            }
            if (held.addAndGet(more) > budget) {
                held.addAndGet(-more);
                throw Problem.busy("the bodies of other requests fill the memory; try again later", 1);
            }
        }

        synchronized void free() {
            if (!freed) {
                freed = true;
                held.addAndGet(-bytes.length);
            }
        }

        @Override
        public void onAllDataRead() {
            if (announced >= 0 && length < announced) {
                whole.completeExceptionally(
                        Problem.badRequest("the body ended after " + length + " of " + announced + " bytes"));
            } else {
                whole.complete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length));
            }
        }

        @Override
        public void onError(Throwable failure) {
            whole.completeExceptionally(failure);
        }
    }
}
