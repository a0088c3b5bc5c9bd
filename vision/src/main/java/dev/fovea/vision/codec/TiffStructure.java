package dev.fovea.vision.codec;

import dev.fovea.vision.Size;
import java.util.Set;
import java.util.TreeMap;

/** The first directory of a TIFF file (revision 6.0, and BigTIFF), checked without decoding. */
final class TiffStructure {
    private static final int WIDTH = 256;
    private static final int HEIGHT = 257;
    private static final int BITS = 258;
    private static final int PHOTOMETRIC = 262;
    private static final int STRIP_OFFSETS = 273;
    private static final int ORIENTATION = 274;
    private static final int SAMPLES = 277;
    private static final int STRIP_BYTES = 279;
    private static final int TILE_OFFSETS = 324;
    private static final int TILE_BYTES = 325;
    private static final int SAMPLE_FORMAT = 339;
    private static final int MAX_ENTRIES = 4096;
    /** Layout, compression and colour; everything else is resolution, text, metadata or orientation. */
    private static final Set<Integer> ESSENTIAL = Set.of(
            256, 257, 258, 259, 262, 266, 273, 277, 278, 279, 284, 292, 293, 317, 320, 322, 323, 324, 325, 332, 338,
            339, 347, 512, 513, 514, 515, 517, 518, 519, 520, 521, 529, 530, 531, 532);

    private final Bytes bytes;
    private final boolean little;
    private final boolean big;
    private final long first;
    private final long entryCount;
    private final TreeMap<Integer, Entry> entries = new TreeMap<>();

    /** The values of a tag: where they lie, how many, and how wide each is. */
    private record Entry(long at, long count, int width) {}

    private TiffStructure(Bytes bytes) throws ImageFormatException {
        this.bytes = bytes;
        this.little = bytes.startsWith(0, "II");
        this.big = bytes.u8(little ? 2 : 3) == 43;
        long directory = big ? word(8, 8) : word(4, 4);
        int head = big ? 8 : 2;
        if (!bytes.has(directory, head)) {
            throw bytes.truncated("its directory lies beyond its end");
        }
        long count = word(directory, head);
        if (count > MAX_ENTRIES) {
            throw bytes.corrupt("a directory of " + count + " entries");
        }
        this.first = directory + head;
        this.entryCount = count;
        for (long i = 0; i < count; i++) {
            entry(first + i * entryBytes());
        }
    }

    private void entry(long at) throws ImageFormatException {
        int width =
                switch ((int) word(at + 2, 2)) {
                    case 1 -> 1;
                    case 3 -> 2;
                    case 4 -> 4;
                    case 16 -> 8;
                    default -> 0;
                };
        if (width == 0) {
            return;
        }
        long count = word(at + 4, big ? 8 : 4);
        long inline = at + (big ? 12 : 8);
        boolean fits = count <= (big ? 8 : 4) / width;
        entries.put((int) word(at, 2), new Entry(fits ? inline : word(inline, big ? 8 : 4), count, width));
    }

    private long word(long at, int width) throws ImageFormatException {
        long value = 0;
        for (int i = 0; i < width; i++) {
            value = (value << 8) | bytes.u8(little ? at + width - 1 - i : at + i);
        }
        return value;
    }

    private long value(int tag, long otherwise) throws ImageFormatException {
        Entry entry = entries.get(tag);
        return entry == null || entry.count == 0 ? otherwise : word(entry.at, entry.width);
    }

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        return new TiffStructure(bytes).header();
    }

    private ImageHeader header() throws ImageFormatException {
        Size size = bytes.size(value(WIDTH, 0), value(HEIGHT, 0));
        long samples = value(SAMPLES, 1);
        long bits = value(BITS, 1);
        long photometric = value(PHOTOMETRIC, 1);
        if (samples < 1 || samples > 4) {
            throw bytes.unsupported(samples + " samples a pixel");
        }
        if (bits < 1 || bits > 16 || value(SAMPLE_FORMAT, 1) == 3) {
            throw bytes.unsupported(
                    bits + (value(SAMPLE_FORMAT, 1) == 3 ? "-bit floating-point" : "-bit") + " samples");
        }
        long orientation = value(ORIENTATION, 1);
        boolean grey = photometric <= 1 && samples <= 2;
        return new ImageHeader(
                ImageFormat.TIFF,
                size,
                grey ? 1 : 3,
                (int) bits,
                orientation >= 1 && orientation <= 8 ? (int) orientation : 1);
    }

    /** The file, of which all strips or tiles are there, reduced to what decides its pixels. */
    static byte[] verified(Bytes bytes) throws ImageFormatException {
        var tiff = new TiffStructure(bytes);
        boolean tiled = tiff.entries.containsKey(TILE_OFFSETS);
        Entry offsets = tiff.entries.get(tiled ? TILE_OFFSETS : STRIP_OFFSETS);
        Entry lengths = tiff.entries.get(tiled ? TILE_BYTES : STRIP_BYTES);
        if (offsets == null || offsets.count == 0) {
            throw bytes.corrupt("it does not say where its data lies");
        }
        if (!tiff.isWhole(offsets) || (lengths != null && !tiff.isWhole(lengths))) {
            throw bytes.truncated("its table of strips is incomplete");
        }
        for (long i = 0; i < offsets.count; i++) {
            long at = tiff.word(offsets.at + i * offsets.width, offsets.width);
            long length = lengths == null || i >= lengths.count
                    ? 1
                    : tiff.word(lengths.at + i * lengths.width, lengths.width);
            if (!bytes.has(at, length)) {
                throw bytes.truncated("strip " + i + " lies beyond its end");
            }
        }
        return tiff.withEssentials();
    }

    private boolean isWhole(Entry entry) {
        return bytes.has(0, entry.count) && bytes.has(entry.at, entry.count * entry.width);
    }

    /**
     * A copy whose directory keeps only what decides the pixels. Decoders complain on the console of every private tag,
     * and apply some orientations themselves.
     */
    private byte[] withEssentials() throws ImageFormatException {
        byte[] clean = bytes.data().clone();
        long to = first;
        long kept = 0;
        for (long i = 0, at = first; i < entryCount; i++, at += entryBytes()) {
            if (ESSENTIAL.contains((int) word(at, 2))) {
                System.arraycopy(bytes.data(), (int) at, clean, (int) to, entryBytes());
                to += entryBytes();
                kept++;
            }
        }
        int head = big ? 8 : 2;
        put(clean, first - head, kept, head);
        put(clean, to, 0, Math.min(big ? 8 : 4, clean.length - (int) to)); // no further directory
        return clean;
    }

    private int entryBytes() {
        return big ? 20 : 12;
    }

    private void put(byte[] data, long at, long value, int width) {
        for (int i = 0; i < width; i++) {
            data[(int) at + i] = (byte) (value >>> (8 * (little ? i : width - 1 - i)));
        }
    }
}
