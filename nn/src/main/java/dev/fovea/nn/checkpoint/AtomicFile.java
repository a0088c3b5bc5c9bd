package dev.fovea.nn.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.UUID;

/**
 * Writes a file so that at any moment, also after a power cut, either the old content or the whole new one is there: a temporary
 * file in the same folder is written, forced to the disk and moved over the old one.
 */
public final class AtomicFile {
    private AtomicFile() {}

    /** Writes the content of a file. */
    @FunctionalInterface
    public interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /**
     * Writes {@code content} to {@code file}; its folder must exist.
     *
     * @param bytes how large the file will be, for the message when there is not enough room
     * @throws IOException if that fails; an old file is then unchanged and nothing is left behind
     */
    public static void write(Path file, long bytes, Content content) throws IOException {
        var target = file.toAbsolutePath();
        var folder = target.getParent();
        if (folder == null || Files.isDirectory(target)) {
            throw new IOException("cannot write " + file + ": that is a folder; give the name of a file");
        }
        if (!Files.isDirectory(folder)) {
            throw new IOException("cannot write " + file + ": the folder " + folder + " does not exist");
        }
        var temporary = folder.resolve("." + target.getFileName() + "." + UUID.randomUUID() + ".tmp");
        try {
            try (var channel = FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            // The room is measured before the temporary file gives its part back.
            String room = room(folder);
            Files.deleteIfExists(temporary);
            throw new IOException(
                    "cannot write " + file + ": needs " + megabytes(bytes) + ", " + room + " (" + reason(e)
                            + "); the previous file, if any, is unchanged",
                    e);
        } catch (RuntimeException | Error e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        forceFolder(folder);
    }

    private static String reason(IOException e) {
        return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    }

    private static String room(Path folder) {
        try {
            return megabytes(Files.getFileStore(folder).getUsableSpace()) + " were left in " + folder;
        } catch (IOException e) {
            return "the room left in " + folder + " is unknown";
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    /** Makes the move itself survive a power cut; only some systems can open folders, and none needs it for correctness. */
    private static void forceFolder(Path folder) {
        try (var channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows refuses to open a folder; the file itself is safe.
            return;
        }
    }
}
