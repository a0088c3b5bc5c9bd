package dev.fovea.vision.codec;

import dev.fovea.vision.Size;

/** The chunks of a WebP file (RFC 9649), checked without decoding. */
final class WebpStructure {
    private WebpStructure() {}

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        int at = 20;
        Size size;
        if (bytes.startsWith(12, "VP8 ")) {
            size = bytes.size(bytes.u16le(at + 6L) & 0x3fff, bytes.u16le(at + 8L) & 0x3fff);
        } else if (bytes.startsWith(12, "VP8L")) {
            long bits = bytes.u32le(at + 1L);
            size = bytes.size((bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1);
        } else if (bytes.startsWith(12, "VP8X")) {
            size = bytes.size(u24(bytes, at + 4) + 1L, u24(bytes, at + 7) + 1L);
        } else if (bytes.length() < 16) {
            throw bytes.truncated("it ends within its header");
        } else {
            throw bytes.corrupt("it does not begin with a picture chunk");
        }
        return new ImageHeader(ImageFormat.WEBP, size, 3, 8, orientation(bytes));
    }

    private static int u24(Bytes bytes, int at) throws ImageFormatException {
        return bytes.u16le(at) | (bytes.u8(at + 2L) << 16);
    }

    private static int orientation(Bytes bytes) throws ImageFormatException {
        long at = 12;
        while (bytes.has(at, 8)) {
            if (bytes.startsWith((int) at, "EXIF")) {
                int start = (int) at + 8;
                int tiff = bytes.startsWith(start, "Exif\0\0") ? start + 6 : start;
                return Math.max(1, Exif.orientation(bytes, tiff));
            }
            long length = bytes.u32le(at + 4);
            at += 8 + length + (length & 1);
        }
        return 1;
    }

    /** The file as it is, if all that it announces is there. */
    static byte[] verified(Bytes bytes) throws ImageFormatException {
        long announced = bytes.u32le(4) + 8;
        if (announced > bytes.length()) {
            throw bytes.truncated("it has " + bytes.length() + " of " + announced + " bytes");
        }
        return bytes.data();
    }
}
