package dev.fovea.vision.codec;

import java.io.IOException;

/** A file is no picture that can be used; the message names the file, what is wrong with it and often the way out. */
public final class ImageFormatException extends IOException {
    private static final long serialVersionUID = 1;

    private final String source;
    private final String reason;

    public ImageFormatException(String source, String reason) {
        this(source, reason, null);
    }

    public ImageFormatException(String source, String reason, Throwable cause) {
        super(source + ": " + reason, cause);
        this.source = source;
        this.reason = reason;
    }

    /** The file, as it was named to the reader. */
    public String source() {
        return source;
    }

    /** What is wrong, without the file. */
    public String reason() {
        return reason;
    }
}
