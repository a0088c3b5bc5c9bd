package dev.fovea.data;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The files in a zip archive, read in place. An archive with one folder at the top is taken as that folder. The archive
 * stays open as long as this object is reachable.
 *
 * <p>Archives come from strangers: entries whose names lead out are refused, and one file may unpack to at most
 * {@link FileTree#LARGEST_FILE} bytes, beyond {@value #FREE_BYTES} bytes also to at most {@value #LARGEST_RATIO} times its
 * packed size (a zip bomb unpacks to about 1000 times).
 */
final class ZipTree implements FileTree {
    private static final int MOST_ENTRIES = 5_000_000;
    private static final long FREE_BYTES = 16L << 20;
    private static final long LARGEST_RATIO = 200;

    private final ZipFile zip;
    private final String name;
    private final long length;
    private final Map<String, ZipEntry> entries;
    private final List<String> files;
    private final List<String> folders;

    private ZipTree(ZipFile zip, Path archive, Map<String, ZipEntry> entries) throws IOException {
        this.zip = zip;
        name = archive.toString();
        length = Files.size(archive);
        this.entries = entries;
        files = entries.keySet().stream().sorted().toList();
        var parents = new TreeSet<String>();
        for (String file : files) {
            for (int slash = file.indexOf('/'); slash > 0; slash = file.indexOf('/', slash + 1)) {
                parents.add(file.substring(0, slash));
            }
        }
        folders = List.copyOf(parents);
    }

    static ZipTree open(Path archive) throws IOException {
        ZipFile zip;
        try {
            zip = new ZipFile(archive.toFile());
        } catch (ZipException e) {
            throw new DatasetException(
                    archive + " is not a readable zip archive (" + e.getMessage() + "); fetch or pack it again", e);
        }
        try {
            return new ZipTree(zip, archive, withoutCommonFolder(visibleFiles(zip, archive)));
        } catch (IOException | RuntimeException e) {
            zip.close();
            throw e;
        }
    }

    private static Map<String, ZipEntry> visibleFiles(ZipFile zip, Path archive) throws DatasetException {
        if (zip.size() > MOST_ENTRIES) {
            throw new DatasetException(archive + " has " + zip.size() + " entries, more than the limit of "
                    + MOST_ENTRIES + "; unpack it into a folder");
        }
        Map<String, ZipEntry> files = new HashMap<>();
        for (var all = zip.entries(); all.hasMoreElements(); ) {
            ZipEntry entry = all.nextElement();
            String path = entry.getName().startsWith("./") ? entry.getName().substring(2) : entry.getName();
            if (leadsOut(path)) {
                throw new DatasetException(archive + ": the entry '" + printable(path)
                        + "' leads out of the archive; pack it again with plain relative names");
            }
            boolean hidden = Arrays.stream(path.split("/", -1)).anyMatch(FileTree::isHidden);
            if (!entry.isDirectory() && !hidden && !path.isEmpty()) {
                files.put(path, entry);
            }
        }
        return files;
    }

    private static boolean leadsOut(String path) {
        return path.startsWith("/")
                || path.indexOf('\\') >= 0
                || path.indexOf('\0') >= 0
                || path.matches("[A-Za-z]:.*")
                || List.of(path.split("/", -1)).contains("..");
    }

    private static String printable(String path) {
        return path.replaceAll("\\p{Cntrl}", "?").substring(0, Math.min(path.length(), 100));
    }

    private static Map<String, ZipEntry> withoutCommonFolder(Map<String, ZipEntry> files) {
        var tops = new TreeSet<String>();
        files.keySet().forEach(path -> tops.add(path.substring(0, path.indexOf('/') + 1)));
        if (tops.size() != 1
                || tops.first().isEmpty()
                || files.keySet().stream().noneMatch(p -> depth(p) > 1)) {
            return files;
        }
        Map<String, ZipEntry> shorter = new HashMap<>();
        files.forEach((path, entry) -> shorter.put(path.substring(tops.first().length()), entry));
        return shorter;
    }

    private static long depth(String path) {
        return path.chars().filter(c -> c == '/').count();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<String> files() {
        return files;
    }

    @Override
    public List<String> folders() {
        return folders;
    }

    @Override
    public boolean contains(String path) {
        return entries.containsKey(path);
    }

    @Override
    public byte[] read(String path) throws IOException {
        ZipEntry entry = entry(path);
        long limit = limit(entry, LARGEST_FILE);
        try (InputStream in = zip.getInputStream(entry)) {
            return Bytes.readAll(in, limit);
        } catch (Bytes.TooLong e) {
            throw limit == LARGEST_FILE
                    ? FileTree.tooLarge(source(path))
                    : new DatasetException(source(path) + " unpacks to more than " + LARGEST_RATIO
                            + " times its packed size, as a zip bomb does; remove it or store it unpacked");
        } catch (IOException e) {
            throw new DatasetException(source(path) + " could not be unpacked: " + e.getMessage(), e);
        }
    }

    @Override
    public InputStream open(String path, long most) throws IOException {
        ZipEntry entry = entry(path);
        return Bytes.bounded(zip.getInputStream(entry), limit(entry, most));
    }

    private ZipEntry entry(String path) throws DatasetException {
        ZipEntry entry = entries.get(path);
        if (entry == null) {
            throw new DatasetException(source(path) + " is not in the archive; add or unlist it");
        }
        return entry;
    }

    /** The archive's own words on sizes may be lies; its length is not. */
    private long limit(ZipEntry entry, long most) {
        long packed = Math.min(length, Math.max(0, entry.getCompressedSize()));
        return Math.min(most, Math.max(FREE_BYTES, packed * LARGEST_RATIO));
    }
}
