package dev.fovea.data;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** Decoded images on the Java heap. */
final class MemoryPixels implements PixelCache {
    /** What an entry costs besides its pixels, roughly. */
    private static final int OVERHEAD = 128;

    private final long budget;
    private final AtomicLong used = new AtomicLong();
    private final Map<Integer, Entry> entries = new ConcurrentHashMap<>();

    private record Entry(Optional<Size> atLeast, Image image) {}

    MemoryPixels(long budget) {
        if (budget < 1) {
            throw new IllegalArgumentException(
                    "the budget of a pixel cache must be positive, got " + budget + " bytes");
        }
        this.budget = budget;
    }

    @Override
    public Optional<Image> get(int index, Optional<Size> atLeast) {
        Entry entry = entries.get(index);
        return entry != null && entry.atLeast().equals(atLeast) ? Optional.of(entry.image()) : Optional.empty();
    }

    @Override
    public void put(int index, Optional<Size> atLeast, Image image) {
        long cost = OVERHEAD + (long) image.pixels().length;
        if (used.addAndGet(cost) > budget || entries.putIfAbsent(index, new Entry(atLeast, image)) != null) {
            used.addAndGet(-cost);
        }
    }

    @Override
    public String status() {
        return entries.size() + " pictures, " + (used.get() >> 20) + " of " + (budget >> 20) + " MiB of memory";
    }

    @Override
    public void close() {
        entries.clear();
        used.set(0);
    }
}
