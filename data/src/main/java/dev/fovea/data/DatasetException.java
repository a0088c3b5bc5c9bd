package dev.fovea.data;

import java.io.IOException;

/** Data that cannot be used as it is; the message is one sentence that names it and says what to do. */
public final class DatasetException extends IOException {
    private static final long serialVersionUID = 1L;

    public DatasetException(String message) {
        super(message);
    }

    public DatasetException(String message, Throwable cause) {
        super(message, cause);
    }
}
