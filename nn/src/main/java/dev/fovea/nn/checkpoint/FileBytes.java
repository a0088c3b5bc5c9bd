package dev.fovea.nn.checkpoint;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.TensorException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file read at given places, straight into tensors' memory. Reading is preferred to mapping: a mapped file that another program
 * shortens kills the JVM's access with an error, a read one ends with an exception.
 */
final class FileBytes implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final long size;

    private FileBytes(Path file, FileChannel channel, long size) {
        this.file = file;
        this.channel = channel;
        this.size = size;
    }

    static FileBytes open(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new CheckpointException(file, "is a folder; give the file of weights in it");
        }
        if (!Files.exists(file)) {
            throw new CheckpointException(file, "there is no such file", new NoSuchFileException(file.toString()));
        }
        if (!Files.isRegularFile(file)) {
            throw new CheckpointException(file, "is no ordinary file");
        }
        if (!Files.isReadable(file)) {
            throw new CheckpointException(file, "cannot be read; check its permissions");
        }
        var channel = FileChannel.open(file, StandardOpenOption.READ);
        return new FileBytes(file, channel, channel.size());
    }

    Path file() {
        return file;
    }

    long size() {
        return size;
    }

    FileChannel channel() {
        return channel;
    }

    /** {@code count} bytes at {@code position}, in little-endian order. */
    ByteBuffer read(long position, int count) throws IOException {
        var bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        fill(bytes, position);
        return bytes.flip();
    }

    /** Fills a contiguous tensor with the bytes at {@code position}. */
    void readInto(Tensor tensor, long position) throws IOException {
        long[] at = {position};
        TensorBytes.forEach(tensor, piece -> {
            long length = piece.remaining();
            fill(piece, at[0]);
            at[0] += length;
        });
    }

    private void fill(ByteBuffer bytes, long position) throws IOException {
        long at = position;
        while (bytes.hasRemaining()) {
            int n = channel.read(bytes, at);
            if (n < 0) {
                throw new CheckpointException(file, "ends too early, at byte " + at + "; copy or download it again");
            }
            at += n;
        }
    }

    /** Memory for a tensor whose size was checked against the file's. */
    static Tensor allocate(Path file, DType type, long... shape) throws IOException {
        try {
            return Tensor.zeros(type, Device.CPU, shape);
        } catch (TensorException e) {
            throw new CheckpointException(file, "there is not enough memory to read it: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
