package dev.fovea.serve;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.runtime.QueueFullException;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.eclipse.jetty.http.BadMessageException;

/** Writes answers: JSON, and problems where there is none. */
final class Answers {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Executor writers;
    private final Consumer<Throwable> faults;
    private final RefusalPace pace = new RefusalPace();

    /**
     * Sets where answers are written.
     *
     * @param writers threads that may wait for slow callers
     * @param faults is told of what no request should cause
     */
    Answers(Executor writers, Consumer<Throwable> faults) {
        this.writers = writers;
        this.faults = faults;
    }

    /** Work whose result is an answer: a map for JSON, or {@link Binary}. */
    @FunctionalInterface
    interface Work {
        CompletableFuture<Object> begin() throws IOException;
    }

    /** What work came to: one of both is null. */
    private record Outcome(Object answer, Throwable failure) {}

    /** Answers when the work is done, which begins in asynchronous mode; then closes the ticket. */
    void async(Context ctx, Admission.Ticket ticket, Work work) {
        ctx.future(() -> begin(work)
                .handle(Outcome::new)
                .thenCompose(outcome -> {
                    if (!isBusy(outcome.failure)) {
                        return CompletableFuture.completedFuture(outcome);
                    }
                    ticket.close(); // others may have what it holds while the refusal waits
                    return pace.turn().thenApply(turn -> outcome);
                })
                .thenAcceptAsync(
                        outcome -> {
                            try (ticket) {
                                answer(ctx, outcome);
                            }
                        },
                        writers));
    }

    private void answer(Context ctx, Outcome outcome) {
        try {
            if (outcome.failure == null) {
                write(ctx, outcome.answer);
            } else {
                problem(ctx, Recognition.cause(outcome.failure));
            }
        } catch (RuntimeException e) {
            problem(ctx, e);
        }
    }

    /**
     * Has work done for a request that is let in; one for which there is no place is refused when its turn comes.
     *
     * @throws Problem 503 if the server is ending
     */
    void admitted(Context ctx, Admission admission, Consumer<Admission.Ticket> work) {
        Admission.Ticket ticket;
        try {
            ticket = admission.enter();
        } catch (Problem p) {
            if (!isBusy(p)) {
                throw p;
            }
            ctx.future(() -> pace.turn().thenAcceptAsync(turn -> problem(ctx, p), writers));
            return;
        }
        work.accept(ticket);
    }

    private static boolean isBusy(Throwable failure) {
        return failure != null && problem(Recognition.cause(failure)).status() == 429;
    }

    private static CompletableFuture<Object> begin(Work work) {
        try {
            return work.begin();
        } catch (IOException | RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** An answer of JSON and raw bytes, as the Open Inference Protocol's binary extension has it. */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are handed on
    record Binary(byte[] json, byte[] data) {}

    private static void write(Context ctx, Object answer) {
        if (answer instanceof Binary binary) {
            byte[] both = Arrays.copyOf(binary.json, binary.json.length + binary.data.length);
            System.arraycopy(binary.data, 0, both, binary.json.length, binary.data.length);
            ctx.header("Inference-Header-Content-Length", Integer.toString(binary.json.length));
            ctx.contentType("application/octet-stream").result(both);
        } else {
            json(ctx, answer);
        }
    }

    static void json(Context ctx, Object value) {
        ctx.contentType("application/json").result(bytes(value));
    }

    static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e); // plain maps and lists
        }
    }

    /** Answers with a problem; what is none is a fault of the server. */
    void problem(Context ctx, Throwable failure) {
        var problem = problem(failure);
        if (problem.status() == 500) {
            faults.accept(failure);
        }
        ctx.status(problem.status());
        if (problem.retryAfterSeconds() > 0) {
            ctx.header("Retry-After", Integer.toString(problem.retryAfterSeconds()));
        }
        if (problem.status() == 401) {
            ctx.header("WWW-Authenticate", "Bearer");
        }
        if (problem.status() == 413 || problem.status() == 408) {
            ctx.header("Connection", "close"); // the rest of the body is not waited for
        }
        ctx.contentType(Problem.CONTENT_TYPE).result(bytes(problem.members()));
    }

    static Problem problem(Throwable failure) {
        if (failure instanceof Problem problem) {
            return problem;
        }
        if (failure instanceof QueueFullException) {
            return Problem.busy(failure.getMessage(), 1);
        }
        if (failure instanceof HttpResponseException http) {
            return Problem.of(
                    http.getStatus(), title(http.getStatus()), Problem.shown(String.valueOf(http.getMessage())));
        }
        if ((failure instanceof BadMessageException late && late.getCode() == 408) || isTimeout(failure)) {
            return Problem.tooSlow("the body arrived too slowly");
        }
        if (failure instanceof BadMessageException bad) {
            return Problem.of(bad.getCode(), "The request is no proper HTTP", Problem.shown(bad.getReason()));
        }
        if (failure instanceof IOException) {
            return Problem.badRequest("the body could not be read to its end");
        }
        return Problem.of(500, "An error in the server", "the server's log has the details");
    }

    private static boolean isTimeout(Throwable failure) {
        for (var cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    private static String title(int status) {
        return switch (status) {
            case 404 -> "Not found";
            case 405 -> "This method is not allowed here";
            default -> "The request was refused";
        };
    }
}
