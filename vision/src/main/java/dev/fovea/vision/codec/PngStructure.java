package dev.fovea.vision.codec;

import dev.fovea.vision.Size;
import java.io.ByteArrayOutputStream;
import java.util.zip.CRC32;

/** The chunks of a PNG file (ISO/IEC 15948), checked without decoding. */
final class PngStructure {
    private static final int FIRST_CHUNK = 8;
    private static final int COLOUR_TYPE = 25;
    /** No zlib stream expands by more than 1032 : 1, so a picture that claims more has no data behind it. */
    private static final long ZLIB_EXPANSION = 1032;

    private PngStructure() {}

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        if (!bytes.has(FIRST_CHUNK, 25)) {
            throw bytes.truncated("it ends within its header");
        }
        if (!bytes.startsWith(FIRST_CHUNK + 4, "IHDR") || bytes.u32be(FIRST_CHUNK) != 13) {
            throw bytes.corrupt("it does not begin with a header chunk");
        }
        int at = FIRST_CHUNK + 8;
        Size size = bytes.size(bytes.u32be(at), bytes.u32be(at + 4L));
        int depth = bytes.u8(at + 8);
        int colour = bytes.u8(at + 9);
        boolean valid =
                switch (colour) {
                    case 0 -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
                    case 3 -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
                    case 2, 4, 6 -> depth == 8 || depth == 16;
                    default -> false;
                };
        if (!valid || bytes.u8(at + 10) != 0 || bytes.u8(at + 11) != 0 || bytes.u8(at + 12) > 1) {
            throw bytes.corrupt("its header asks for colour type " + colour + " with " + depth + " bits");
        }
        return new ImageHeader(ImageFormat.PNG, size, colour == 0 || colour == 4 ? 1 : 3, depth, orientation(bytes));
    }

    /** Looks for an eXIf chunk; stops at the first thing that is not right, which the reader will complain about. */
    private static int orientation(Bytes bytes) throws ImageFormatException {
        long at = FIRST_CHUNK;
        while (bytes.has(at, 12)) {
            if (bytes.startsWith((int) at + 4, "eXIf")) {
                return Math.max(1, Exif.orientation(bytes, (int) at + 8));
            }
            at += 12 + bytes.u32be(at);
        }
        return 1;
    }

    /**
     * The file reduced to what makes its pixels: header, palette, data and end, with their checksums verified. Text,
     * profiles, transparency and the further frames of animated PNG are left out; they can hide bombs, make decoders
     * complain on the console, and do not change the pixels of the first frame.
     */
    static byte[] verified(Bytes bytes, ImageHeader header) throws ImageFormatException {
        var clean = new ByteArrayOutputStream(bytes.length());
        clean.write(bytes.data(), 0, FIRST_CHUNK);
        long dataBytes = 0;
        boolean palette = false;
        long at = FIRST_CHUNK;
        while (true) {
            if (!bytes.has(at, 12) || !bytes.has(at, 12 + bytes.u32be(at))) {
                throw bytes.truncated(dataBytes == 0 ? "no picture data" : "no end chunk");
            }
            int whole = (int) (12 + bytes.u32be(at));
            int start = (int) at;
            boolean end = bytes.startsWith(start + 4, "IEND");
            boolean data = bytes.startsWith(start + 4, "IDAT");
            if (end || data || bytes.startsWith(start + 4, "PLTE") || bytes.startsWith(start + 4, "IHDR")) {
                checksum(bytes, start, whole);
                clean.write(bytes.data(), start, whole);
                dataBytes += data ? whole - 12 : 0;
                palette |= bytes.startsWith(start + 4, "PLTE");
                if (data && !palette && bytes.u8(COLOUR_TYPE) == 3) {
                    throw bytes.corrupt("it has no palette");
                }
            }
            if (end) {
                break;
            }
            at += whole;
        }
        int bits = header.channels() * header.bitDepth();
        if (header.size().area() / 8 * bits / 3 > (dataBytes + 64) * ZLIB_EXPANSION) {
            throw bytes.corrupt(dataBytes + " bytes of data cannot hold " + header.size() + " pixels");
        }
        return clean.toByteArray();
    }

    private static void checksum(Bytes bytes, int start, int whole) throws ImageFormatException {
        var crc = new CRC32();
        crc.update(bytes.data(), start + 4, whole - 8);
        if (crc.getValue() != bytes.u32be(start + whole - 4L)) {
            throw bytes.corrupt("a checksum is wrong, so its data was damaged; copy the file again");
        }
    }
}
