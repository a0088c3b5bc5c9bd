package dev.fovea.data;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Decoded images of one dataset, kept so that later epochs need not decode again: in memory or in a memory-mapped file.
 * What does not fit its budget is decoded each time; nothing is ever thrown out, since an epoch visits every picture once
 * and so no picture is more worth keeping than another. Safe for many threads.
 */
public sealed interface PixelCache extends AutoCloseable permits MemoryPixels, MappedPixels {
    /** A cache on the Java heap with at most so many bytes of pixels. */
    static PixelCache inMemory(long bytes) {
        return new MemoryPixels(bytes);
    }

    /**
     * A cache in a file with at most so many bytes. The file is scratch: it is locked, overwritten if it is an old cache, and
     * deleted on closing. Pages that are in use stay in memory by the grace of the operating system.
     *
     * @throws DatasetException if the file exists and is something else, or another process uses it
     */
    static PixelCache mapped(Path file, long bytes) throws IOException {
        return MappedPixels.open(file, bytes);
    }

    /** An image that was put under the same index and wanted size, if there was room. */
    Optional<Image> get(int index, Optional<Size> atLeast);

    /** Offers an image. */
    void put(int index, Optional<Size> atLeast, Image image);

    /** One line for people: how many pictures and bytes are held, and whether something keeps it from holding more. */
    String status();

    @Override
    void close() throws IOException;
}
