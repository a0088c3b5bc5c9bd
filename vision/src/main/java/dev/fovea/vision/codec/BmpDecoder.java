package dev.fovea.vision.codec;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;

/**
 * Windows bitmaps: 1, 2, 4, 8, 16, 24 and 32 bits, palettes, bit fields, both run-length encodings, both row orders, and
 * the OS/2 header. Decoded here because 16-bit colours and runs come out wrong elsewhere.
 */
final class BmpDecoder {
    private static final int RLE8 = 1;
    private static final int RLE4 = 2;
    private static final int BIT_FIELDS = 3;
    private static final int ALPHA_BIT_FIELDS = 6;

    private final Bytes bytes;
    private final int info;
    private final Size size;
    private final boolean topDown;
    private final int bits;
    private final int compression;
    private final byte[] palette;
    private final boolean grey;
    private final long pixels;

    /**
     * @param info where the information header begins
     * @param pixelsAt where the pixels begin, or 0 for directly after the palette
     * @param rowsPerPicture 2 in icons, whose height counts a mask as well
     */
    private BmpDecoder(Bytes bytes, int info, long pixelsAt, int rowsPerPicture) throws ImageFormatException {
        this.bytes = bytes;
        this.info = info;
        long headerSize = bytes.u32le(info);
        boolean core = headerSize == 12;
        if (!core && (headerSize < 16 || headerSize > 1024)) {
            throw bytes.corrupt("its header says it has " + headerSize + " bytes");
        }
        long height = core ? bytes.u16le(info + 6L) : bytes.i32le(info + 8L);
        topDown = height < 0;
        size = bytes.size(core ? bytes.u16le(info + 4L) : bytes.i32le(info + 4L), Math.abs(height) / rowsPerPicture);
        bits = bytes.u16le(info + (core ? 10L : 14L));
        compression = core || headerSize < 20 ? 0 : bytes.i32le(info + 16L);
        checkKind();
        long colours = bits <= 8 ? 1L << bits : 0;
        long used = core || headerSize < 36 ? 0 : bytes.u32le(info + 32L);
        boolean masksFollow = headerSize == 40 && (compression == BIT_FIELDS || compression == ALPHA_BIT_FIELDS);
        long paletteAt = info + headerSize + (masksFollow ? compression == BIT_FIELDS ? 12 : 16 : 0);
        int entry = core ? 3 : 4;
        long stored = used == 0 ? colours : Math.min(used, Math.max(colours, 256));
        long after = paletteAt + stored * entry;
        pixels = pixelsAt == 0 ? after : pixelsAt;
        palette = palette(paletteAt, Math.min(Math.min(stored, colours), (pixels - paletteAt) / entry), entry);
        grey = isGrey();
    }

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        return of(bytes).header();
    }

    static Image decode(Bytes bytes) throws ImageFormatException {
        return of(bytes).decode();
    }

    private static BmpDecoder of(Bytes bytes) throws ImageFormatException {
        return new BmpDecoder(bytes, 14, bytes.u32le(10), 1);
    }

    /** The bitmap inside an icon file: no file header, and a mask below the picture. */
    static BmpDecoder inIcon(Bytes bytes, int at) throws ImageFormatException {
        return new BmpDecoder(bytes, at, 0, 2);
    }

    ImageHeader header() {
        return new ImageHeader(bytes.format(), size, grey ? 1 : 3, Math.min(bits, 8), 1);
    }

    private void checkKind() throws ImageFormatException {
        boolean known =
                switch (compression) {
                    case 0 ->
                        bits == 1 || bits == 2 || bits == 4 || bits == 8 || bits == 16 || bits == 24 || bits == 32;
                    case RLE8 -> bits == 8;
                    case RLE4 -> bits == 4;
                    case BIT_FIELDS, ALPHA_BIT_FIELDS -> bits == 16 || bits == 32;
                    default -> false;
                };
        if (!known) {
            throw bytes.unsupported(bits + " bits with compression " + compression);
        }
    }

    private byte[] palette(long at, long entries, int entry) throws ImageFormatException {
        byte[] rgb = new byte[bits <= 8 ? 3 << bits : 0];
        for (int i = 0; i < entries && 3 * i < rgb.length; i++) {
            for (int c = 0; c < 3; c++) {
                rgb[3 * i + c] = (byte) bytes.u8(at + (long) i * entry + 2 - c);
            }
        }
        return rgb;
    }

    private boolean isGrey() {
        for (int i = 0; i < palette.length; i += 3) {
            if (palette[i] != palette[i + 1] || palette[i] != palette[i + 2]) {
                return false;
            }
        }
        return palette.length > 0;
    }

    Image decode() throws ImageFormatException {
        byte[] out = new byte[Math.toIntExact(size.area() * (grey ? 1 : 3))];
        if (bits > 8) {
            direct(out);
        } else {
            colour(compression == 0 ? packed() : runs(), out);
        }
        return Image.wrap(size.width(), size.height(), grey ? 1 : 3, out);
    }

    /** Where stored row {@code y} lies, checked to be in the file; padding of the last row may be missing. */
    private int row(int y, long rowBytes, long stride) throws ImageFormatException {
        long at = pixels + y * stride;
        if (!bytes.has(at, rowBytes)) {
            throw bytes.truncated("it has " + y + " of " + size.height() + " rows");
        }
        return (int) at;
    }

    private int target(int y) {
        return (topDown ? y : size.height() - 1 - y) * size.width();
    }

    private byte[] packed() throws ImageFormatException {
        int width = size.width();
        long stride = ((long) width * bits + 31) / 32 * 4;
        row(size.height() - 1, ((long) width * bits + 7) / 8, stride);
        byte[] data = bytes.data();
        byte[] indices = new byte[Math.toIntExact(size.area())];
        int mask = (1 << bits) - 1;
        for (int y = 0; y < size.height(); y++) {
            int at = row(y, ((long) width * bits + 7) / 8, stride);
            int o = target(y);
            for (int x = 0; x < width; x++) {
                int bit = x * bits;
                indices[o + x] = (byte) ((data[at + (bit >> 3)] >> (8 - bits - (bit & 7))) & mask);
            }
        }
        return indices;
    }

    /** Run-length encoding: pixels that no run reaches keep index 0. */
    private byte[] runs() throws ImageFormatException {
        byte[] indices = new byte[Math.toIntExact(size.area())];
        int x = 0;
        int y = 0;
        long at = pixels;
        while (true) {
            if (!bytes.has(at, 2)) {
                throw bytes.truncated("it has " + y + " of " + size.height() + " rows");
            }
            int count = bytes.u8(at);
            int value = bytes.u8(at + 1);
            at += 2;
            if (count > 0) {
                for (int i = 0; i < count; i++) {
                    put(indices, x++, y, bits == 8 ? value : (i & 1) == 0 ? value >> 4 : value & 15);
                }
            } else if (value == 0) {
                x = 0;
                y++;
            } else if (value == 1) {
                return indices;
            } else if (value == 2) {
                x += bytes.u8(at);
                y += bytes.u8(at + 1);
                at += 2;
            } else {
                for (int i = 0; i < value; i++) {
                    int b = bytes.u8(at + (bits == 8 ? i : i >> 1));
                    put(indices, x++, y, bits == 8 ? b : (i & 1) == 0 ? b >> 4 : b & 15);
                }
                int used = bits == 8 ? value : (value + 1) / 2;
                at += used + (used & 1);
            }
        }
    }

    private void put(byte[] indices, int x, int y, int index) {
        if (x < size.width() && y < size.height()) {
            indices[target(y) + x] = (byte) index;
        }
    }

    private void colour(byte[] indices, byte[] out) {
        for (int i = 0, o = 0; i < indices.length; i++) {
            int p = 3 * (indices[i] & 0xff);
            out[o++] = palette[p];
            if (!grey) {
                out[o++] = palette[p + 1];
                out[o++] = palette[p + 2];
            }
        }
    }

    private void direct(byte[] out) throws ImageFormatException {
        int width = size.width();
        int step = bits / 8;
        long rowBytes = (long) width * step;
        long stride = (rowBytes + 3) / 4 * 4;
        row(size.height() - 1, rowBytes, stride);
        byte[] data = bytes.data();
        boolean plain = bits >= 24 && compression == 0;
        long[] masks = masks();
        for (int y = 0; y < size.height(); y++) {
            int at = row(y, rowBytes, stride);
            int o = target(y) * 3;
            for (int x = 0; x < width; x++, at += step) {
                if (plain) {
                    out[o++] = data[at + 2];
                    out[o++] = data[at + 1];
                    out[o++] = data[at];
                } else {
                    long pixel = bits == 16 ? bytes.u16le(at) : bytes.u32le(at);
                    for (long mask : masks) {
                        out[o++] = (byte) field(pixel, mask);
                    }
                }
            }
        }
    }

    private static int field(long pixel, long mask) {
        if (mask == 0) {
            return 0;
        }
        int shift = Long.numberOfTrailingZeros(mask);
        return (int) (((pixel & mask) >>> shift) * 255 / (mask >>> shift));
    }

    private long[] masks() throws ImageFormatException {
        if (compression == BIT_FIELDS || compression == ALPHA_BIT_FIELDS) {
            return new long[] {bytes.u32le(info + 40L), bytes.u32le(info + 44L), bytes.u32le(info + 48L)};
        }
        return bits == 16 ? new long[] {0x7c00, 0x03e0, 0x001f} : new long[] {0xff0000, 0xff00, 0xff};
    }
}
