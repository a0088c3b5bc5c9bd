package dev.fovea.tensor;

/** An operation could not be done; the message names the operation, the shapes and types of its inputs, and why. */
public final class TensorException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public TensorException(String message) {
        super(message);
    }

    public TensorException(String message, Throwable cause) {
        super(message, cause);
    }
}
