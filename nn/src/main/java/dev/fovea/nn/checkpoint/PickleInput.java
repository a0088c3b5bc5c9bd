package dev.fovea.nn.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The bytes of pickles: knows how many were read and how many there can still be. */
final class PickleInput extends InputStream {
    /** No pickle of a file of weights comes near; the tensors' values are not in it. */
    static final long LIMIT = 64L << 20;

    private final Path file;
    private final InputStream source;
    private final long end;
    private long position;

    PickleInput(Path file, InputStream source, long length) {
        this.file = file;
        this.source = source;
        this.end = Math.min(length, LIMIT);
    }

    Path file() {
        return file;
    }

    long position() {
        return position;
    }

    long remaining() {
        return end - position;
    }

    @Override
    public int read() throws IOException {
        checkEnd();
        int b = source.read();
        if (b < 0) {
            throw tooEarly();
        }
        position++;
        return b;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        checkEnd();
        int n = source.read(target, offset, (int) Math.min(length, remaining()));
        if (n < 0) {
            throw tooEarly();
        }
        position += n;
        return n;
    }

    private void checkEnd() throws IOException {
        if (position >= LIMIT) {
            throw new CheckpointException(
                    file, "its Python data is over " + LIMIT + " bytes; save only the state dict");
        }
        if (position >= end) {
            throw tooEarly();
        }
    }

    private CheckpointException tooEarly() {
        return new CheckpointException(
                file, "ends too early, at byte " + position + " of its Python data; copy or download it again");
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
