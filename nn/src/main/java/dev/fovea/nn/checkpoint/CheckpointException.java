package dev.fovea.nn.checkpoint;

import java.io.IOException;
import java.nio.file.Path;

/** A file of weights that is damaged, of an unknown kind, or refused; the message is one sentence that names the file. */
public final class CheckpointException extends IOException {
    private static final long serialVersionUID = 1L;

    CheckpointException(Path file, String problem) {
        super(file + ": " + problem);
    }

    CheckpointException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
