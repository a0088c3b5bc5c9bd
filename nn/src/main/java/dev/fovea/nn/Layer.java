package dev.fovea.nn;

import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;

/** A module from one tensor to one tensor. Architectures override {@link #forward} and use other layers by {@link #call}. */
public abstract class Layer extends Module {
    /** Computes the output; what it makes on the way is freed when it returns. */
    public final Tensor call(Tensor x) {
        var recomputation = Recomputation.current();
        return recomputation != null && recomputation.covers(this)
                ? recomputation.run(this, x, () -> run(() -> forward(x)))
                : run(() -> forward(x));
    }

    /** What this layer computes. */
    protected abstract Tensor forward(Tensor x);

    /**
     * What this layer computes when nobody else needs {@code x} any more, so that its memory may be overwritten. Activations
     * override it.
     */
    protected Tensor forwardInPlace(Tensor x) {
        return forward(x);
    }

    /** Whether the gradient of this layer can do without its output, so that the output may be overwritten by what follows. */
    protected boolean outputMayBeOverwritten() {
        return false;
    }

    /** {@link #chain(Tensor, Iterable)}. */
    protected static Tensor chain(Tensor x, Layer... layers) {
        return chain(x, List.of(layers));
    }

    /**
     * Layers one after another, with less memory than nested calls: without gradients each intermediate result is freed as soon as
     * the next one is there, and activations work in place where the layer before them allows it. {@code x} itself is never changed.
     */
    protected static Tensor chain(Tensor x, Iterable<? extends Layer> layers) {
        return chain(x, layers, false);
    }

    /** {@link #chain(Tensor, Iterable)} of a result that nobody else has and whose gradient does not need it: it is changed. */
    protected static Tensor chainOver(Tensor x, Layer... layers) {
        return chain(x, List.of(layers), true);
    }

    private static Tensor chain(Tensor x, Iterable<? extends Layer> layers, boolean overwriteFirst) {
        var current = x;
        boolean mayOverwrite = overwriteFirst;
        for (var layer : layers) {
            var before = current;
            current = mayOverwrite && !isObserved() ? layer.callInPlace(before) : layer.call(before);
            if (current != before) {
                mayOverwrite = layer.outputMayBeOverwritten();
                if (before != x && !Grad.isEnabled()) {
                    Scope.discard(before);
                }
            }
        }
        return current;
    }

    private Tensor callInPlace(Tensor x) {
        return run(() -> forwardInPlace(x));
    }

    /** The error for an input that does not fit: says where, what was expected, what came, and what to do. */
    protected final IllegalArgumentException wrongInput(Tensor x, String expected, String wayOut) {
        return new IllegalArgumentException(
                describe() + ": expected input " + expected + ", got " + x.shape() + " " + x.dtype() + "; " + wayOut);
    }

    /** The place in the network and the type, for messages. */
    protected final String describe() {
        String type = getClass().getSimpleName();
        return path().isEmpty() ? type : path() + " (" + type + ")";
    }
}
