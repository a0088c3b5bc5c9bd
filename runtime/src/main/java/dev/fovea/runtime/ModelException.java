package dev.fovea.runtime;

import java.io.IOException;

/** A file is no network that can be used here; the message names the file, what is wrong with it and often the way out. */
public final class ModelException extends IOException {
    private static final long serialVersionUID = 1;

    ModelException(String message) {
        super(message);
    }

    ModelException(String message, Throwable cause) {
        super(message, cause);
    }
}
