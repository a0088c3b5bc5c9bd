package dev.fovea.data;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Decoded images in a scratch file. Written through the channel, since a full disk is then an exception and not, as under a
 * mapping, a dead process; read through the mapping, which costs one copy.
 */
final class MappedPixels implements PixelCache {
    private static final byte[] MAGIC = {'F', 'O', 'V', 'E', 'A', 'P', 'I', 'X'};
    private static final int SEGMENT = 1 << 29;

    private final Path file;
    private final FileChannel channel;
    private final FileLock lock;
    private final long budget;
    private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();

    // Guarded by "this".
    private final List<MappedByteBuffer> segments = new ArrayList<>();
    private long end = MAGIC.length;
    private String trouble = "";

    private record Entry(
            Optional<Size> atLeast, MappedByteBuffer segment, int offset, int width, int height, int channels) {}

    private MappedPixels(Path file, FileChannel channel, FileLock lock, long budget) {
        this.file = file;
        this.channel = channel;
        this.lock = lock;
        this.budget = budget;
    }

    static MappedPixels open(Path file, long budget) throws IOException {
        if (budget < 1) {
            throw new IllegalArgumentException(
                    "the budget of a pixel cache must be positive, got " + budget + " bytes");
        }
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = lock(file, channel);
            requireOwn(file, channel);
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(MAGIC), 0);
            return new MappedPixels(file, channel, lock, budget);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static FileLock lock(Path file, FileChannel channel) throws IOException {
        try {
            return Optional.ofNullable(channel.tryLock()).orElseThrow(() -> inUse(file));
        } catch (OverlappingFileLockException e) {
            throw inUse(file);
        }
    }

    private static DatasetException inUse(Path file) {
        return new DatasetException(file + " is the pixel cache of another run; choose another file");
    }

    private static void requireOwn(Path file, FileChannel channel) throws IOException {
        var start = ByteBuffer.allocate(MAGIC.length);
        channel.read(start, 0);
        if (channel.size() > 0 && !Arrays.equals(start.array(), MAGIC)) {
            throw new DatasetException(file + " exists and is no pixel cache; choose another file for the cache");
        }
    }

    @Override
    public Optional<Image> get(int index, Optional<Size> atLeast) {
        Entry entry = entries.get(index);
        if (entry == null || !entry.atLeast().equals(atLeast)) {
            return Optional.empty();
        }
        byte[] pixels = new byte[entry.width() * entry.height() * entry.channels()];
        entry.segment().get(entry.offset(), pixels);
        return Optional.of(Image.wrap(entry.width(), entry.height(), entry.channels(), pixels));
    }

    @Override
    public synchronized void put(int index, Optional<Size> atLeast, Image image) {
        int length = image.pixels().length;
        long at = SEGMENT - end % SEGMENT < length ? (end / SEGMENT + 1) * SEGMENT : end;
        if (!trouble.isEmpty() || length > SEGMENT || at + length > budget || entries.containsKey(index)) {
            return;
        }
        try {
            for (var bytes = ByteBuffer.wrap(image.pixels()); bytes.hasRemaining(); ) {
                channel.write(bytes, at + bytes.position());
            }
            while (segments.size() <= at / SEGMENT) {
                segments.add(channel.map(MapMode.READ_WRITE, (long) segments.size() * SEGMENT, SEGMENT));
            }
        } catch (IOException e) { // a cache that cannot grow is slow, not wrong; status() tells
            trouble = "; it stopped growing: " + e;
            return;
        }
        end = at + length;
        var segment = segments.get((int) (at / SEGMENT));
        entries.put(
                index,
                new Entry(atLeast, segment, (int) (at % SEGMENT), image.width(), image.height(), image.channels()));
    }

    @Override
    public synchronized String status() {
        return entries.size() + " pictures, " + (end >> 20) + " of " + (budget >> 20) + " MiB in " + file + trouble;
    }

    @Override
    public synchronized void close() throws IOException {
        entries.clear();
        segments.clear();
        trouble = "; it is closed";
        if (channel.isOpen()) {
            lock.release();
            channel.close();
            Files.deleteIfExists(file);
        }
    }
}
