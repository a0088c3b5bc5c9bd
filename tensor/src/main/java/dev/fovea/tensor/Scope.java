package dev.fovea.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * A stretch of work whose tensors are freed together, at once, when it ends:
 *
 * <pre>{@code
 * try (var scope = Scope.open()) {
 *     var loss = network.forward(images).crossEntropy(labels);
 *     …
 *     return scope.keep(result);   // moves outward, to the scope around this one
 * }
 * }</pre>
 *
 * <p>A tensor belongs to the scope that is innermost in the thread where it was made. Without any scope the garbage
 * collector frees tensors in time. Scopes nest and must be closed in the thread that opened them, innermost first.
 */
public final class Scope implements AutoCloseable {
    private static final ThreadLocal<Scope> INNERMOST = new ThreadLocal<>();
    private static final int MIN_COMPACT = 1024;

    private final Scope outer;
    private final Thread thread = Thread.currentThread();
    private final List<Tensor> tensors = new ArrayList<>();
    private int compactAt = MIN_COMPACT;
    private boolean closed;

    private Scope(Scope outer) {
        this.outer = outer;
    }

    /** Opens a scope inside the current one. */
    public static Scope open() {
        var scope = new Scope(INNERMOST.get());
        INNERMOST.set(scope);
        return scope;
    }

    static void adopt(Tensor tensor) {
        var scope = INNERMOST.get();
        if (scope != null) {
            scope.add(tensor);
        } else {
            Unscoped.made(tensor.raw());
        }
    }

    private void add(Tensor tensor) {
        tensor.owner = this;
        if (tensors.size() >= compactAt) {
            // A scope around a long loop: forget what was closed or moved, so that the list stays as long as it must
            // be.
            tensors.removeIf(t -> t.owner != this);
            compactAt = Math.max(MIN_COMPACT, 2 * tensors.size());
        }
        tensors.add(tensor);
    }

    /**
     * Moves a tensor to the scope around this one (or to the garbage collector, if this is the outermost). A tensor that
     * belongs to an outer scope already, or to none, stays where it is.
     */
    public Tensor keep(Tensor tensor) {
        check();
        for (Scope s = INNERMOST.get(); s != null; s = s.outer) {
            if (tensor.owner == s) {
                tensor.owner = null;
                if (outer != null) {
                    outer.add(tensor);
                }
                return tensor;
            }
            if (s == this) {
                break;
            }
        }
        return tensor;
    }

    private void check() {
        if (closed || thread != Thread.currentThread()) {
            throw new IllegalStateException(
                    closed ? "the scope was closed already" : "a scope must be used in the thread that opened it");
        }
    }

    /** Moves a tensor out of every scope; it then lives until it is closed or collected. For parameters and state. */
    public static <T extends Tensor> T release(T tensor) {
        tensor.owner = null;
        return tensor;
    }

    /**
     * Frees a tensor before its time if it belongs to the innermost scope of this thread. What belongs to an outer scope or to
     * none (inputs, parameters) stays as it is.
     */
    public static void discard(Tensor tensor) {
        if (tensor.owner != null && tensor.owner == INNERMOST.get()) {
            tensor.close();
        }
    }

    /**
     * Takes a tensor that was made elsewhere, for example by a loader's thread, so that it is freed with this scope. The other
     * thread must have made it outside scopes, or released it from its own.
     */
    public Tensor take(Tensor tensor) {
        check();
        if (tensor.owner != null && tensor.owner.thread != thread) {
            throw new IllegalStateException("tensor " + tensor.describe()
                    + " belongs to a scope of another thread; call Scope.release there first");
        }
        add(tensor);
        return tensor;
    }

    /** How many tensors are listed here, closed ones included. */
    int size() {
        return tensors.size();
    }

    /** Frees all tensors that belong to this scope. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (INNERMOST.get() != this || thread != Thread.currentThread()) {
            throw new IllegalStateException("scopes must be closed innermost first, in the thread that opened them");
        }
        closed = true;
        if (outer == null) {
            INNERMOST.remove();
        } else {
            INNERMOST.set(outer);
        }
        for (int i = tensors.size() - 1; i >= 0; i--) {
            var tensor = tensors.get(i);
            if (tensor.owner == this) {
                tensor.close();
            }
        }
        tensors.clear();
    }
}
