package dev.fovea.vision.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.fovea.vision.Size;

/** A file's bytes with checked reads: a word beyond the end is a truncated file, never an index error. */
@SuppressWarnings("ArrayRecordComponent") // a view on a file in memory, compared by nobody
record Bytes(byte[] data, String source, ImageFormat format) {
    int length() {
        return data.length;
    }

    boolean has(long at, long count) {
        return at >= 0 && at <= data.length && count >= 0 && count <= data.length - at;
    }

    boolean startsWith(int at, String ascii) {
        return has(at, ascii.length()) && new String(data, at, ascii.length(), ISO_8859_1).equals(ascii);
    }

    int u8(long at) throws ImageFormatException {
        return data[index(at, 1)] & 0xff;
    }

    int u16be(long at) throws ImageFormatException {
        int i = index(at, 2);
        return ((data[i] & 0xff) << 8) | (data[i + 1] & 0xff);
    }

    int u16le(long at) throws ImageFormatException {
        int i = index(at, 2);
        return ((data[i + 1] & 0xff) << 8) | (data[i] & 0xff);
    }

    int i32le(long at) throws ImageFormatException {
        return u16le(at) | (u16le(at + 2) << 16);
    }

    long u32be(long at) throws ImageFormatException {
        return ((long) u16be(at) << 16) | u16be(at + 2);
    }

    long u32le(long at) throws ImageFormatException {
        return i32le(at) & 0xffff_ffffL;
    }

    private int index(long at, int count) throws ImageFormatException {
        if (!has(at, count)) {
            throw truncated("it ends within its header");
        }
        return (int) at;
    }

    ImageFormatException truncated(String what) {
        return new ImageFormatException(source, "truncated " + format + ": " + what + "; copy the file again");
    }

    ImageFormatException corrupt(String what) {
        return new ImageFormatException(source, "corrupt " + format + ": " + what);
    }

    ImageFormatException unsupported(String what) {
        return new ImageFormatException(
                source, "unsupported " + format + ": " + what + "; convert it to 8-bit PNG or JPEG");
    }

    /** Width and height from a header, refused where there is no picture. */
    Size size(long width, long height) throws ImageFormatException {
        if (width < 1 || height < 1 || width > Integer.MAX_VALUE || height > Integer.MAX_VALUE) {
            throw corrupt("its header says " + width + "x" + height + " pixels");
        }
        return new Size((int) height, (int) width);
    }
}
