package dev.fovea.runtime;

/**
 * One picture as the graph wants it, in native memory on loan; closing gives the memory back.
 *
 * @param buffer its values
 * @param channels 1 or 3
 */
record PreparedImage(InputBuffers.Buffer buffer, int channels, int height, int width) implements AutoCloseable {
    /** Whether both fit into one batch. */
    boolean isLike(PreparedImage other) {
        return channels == other.channels && height == other.height && width == other.width;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
