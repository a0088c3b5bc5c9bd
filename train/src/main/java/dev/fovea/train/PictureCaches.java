package dev.fovea.train;

import dev.fovea.data.Cached;
import dev.fovea.data.Dataset;
import dev.fovea.data.PixelCache;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Keeps decoded pictures of a run where its recipe says. Holds memory or files; close it. */
public final class PictureCaches implements AutoCloseable {
    /** The share of the Java heap that pixels may take: "auto" leaves room for others, "ram" was asked for. */
    private static final double AUTO_SHARE = 0.3;

    private static final double RAM_SHARE = 0.7;
    private static final long MAPPED_BYTES = 64L << 30;

    private final String where;
    private final int pictures;
    private final List<PixelCache> caches = new ArrayList<>();

    /**
     * Nothing is kept yet.
     *
     * @param where auto, none, ram or a file
     * @param pictures how many there are in all parts together
     */
    public PictureCaches(String where, int pictures) {
        this.where = where;
        this.pictures = pictures;
    }

    /** Whether a cache can be where it is asked for. */
    public static void check(String where) {
        if (List.of("auto", "none", "ram").contains(where)) {
            return;
        }
        var folder = Path.of(where).toAbsolutePath().getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IllegalArgumentException("data.cache cannot be " + where + ": the folder " + folder
                    + " does not exist; use auto, none, ram or a file in a folder that does");
        }
    }

    /** A part that remembers its pictures, as far as there is room for its share of all. */
    public Dataset cached(Dataset split, String part) throws IOException {
        if (where.equals("none")) {
            return split;
        }
        double share = where.equals("ram") ? RAM_SHARE : AUTO_SHARE;
        long budget = (long) (Runtime.getRuntime().maxMemory() * share * split.size() / pictures);
        var cache = where.equals("auto") || where.equals("ram")
                ? PixelCache.inMemory(budget)
                : PixelCache.mapped(Path.of(where + "." + part), MAPPED_BYTES);
        caches.add(cache);
        return Cached.of(split, cache);
    }

    @Override
    public void close() throws IOException {
        for (var cache : caches) {
            cache.close();
        }
    }
}
