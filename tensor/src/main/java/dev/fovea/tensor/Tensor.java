package dev.fovea.tensor;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.TensorArrayRefOptional;

/**
 * An n-dimensional array of numbers on a device: the one type that networks compute with. A thin handle on libtorch's tensor.
 *
 * <p>Operations make new tensors (or views on the same memory, where that is said) and never change their inputs, but for those
 * that end in {@code InPlace} and {@link #copyFrom}. Every tensor belongs to the innermost {@link Scope} of its thread and is
 * freed with it. Wrong shapes or types throw {@link TensorException}, whose message names operation and shapes.
 *
 * <p>Numbers given as {@code double} take part as integers where this tensor holds integers and they are whole, so that integer
 * tensors stay so; else the result is floating.
 */
public final class Tensor extends CreationOps {
    static {
        Natives.ensureLoaded();
    }

    Tensor(org.bytedeco.pytorch.Tensor raw) {
        super(raw);
    }

    /** Whether operations on this tensor are recorded for gradients. */
    public boolean requiresGrad() {
        return raw().requires_grad();
    }

    /** Switches recording for gradients on or off for this leaf. */
    public Tensor requiresGrad(boolean required) {
        Op.runSilently("requires_grad", () -> raw().set_requires_grad(required), this);
        return this;
    }

    /** Adds the gradients of this scalar to the {@code grad} of every leaf it was computed from. */
    public void backward() {
        if (numel() != 1) {
            throw new TensorException(
                    "backward: expected a scalar loss, got " + describe() + "; reduce it with mean() or sum()");
        }
        ProductThreads.beforeBackward();
        Op.runSilently("backward", () -> raw().backward(), this);
    }

    /**
     * {@link #backward()} from any tensor, given the gradient of the final result with respect to it.
     *
     * @param retainGraph whether backward may run again through the same operations
     */
    public void backward(Tensor gradient, boolean retainGraph) {
        ProductThreads.beforeBackward();
        Op.runSilently(
                "backward",
                () -> raw().backward(
                                gradient.raw(), new BoolOptional(retainGraph), false, new TensorArrayRefOptional()),
                this,
                gradient);
    }

    /** The gradient that {@link #backward()} left here; a new handle on the same memory. */
    public Optional<Tensor> grad() {
        try (var gradient = raw().grad()) {
            if (!gradient.defined()) {
                return Optional.empty();
            }
            return Optional.of(Op.silently("grad_of", () -> Op.handle(gradient), this));
        }
    }

    /** Forgets the gradient and frees its memory. */
    public void clearGrad() {
        Op.runSilently("clear_grad", () -> {
            if (raw().grad().defined()) {
                raw().mutable_grad().reset();
            }
        });
    }

    /**
     * Calls {@code listener} with the gradient of this tensor when backward computes it; what it returns takes the gradient's
     * place (null leaves it). In force until the result is closed, whose memory it holds till then.
     */
    public GradHook onGrad(UnaryOperator<Tensor> listener) {
        if (!requiresGrad()) {
            throw new TensorException(
                    "on_grad: " + describe() + " takes no part in gradients; call requiresGrad(true)");
        }
        return new GradHook(raw(), listener);
    }
}
