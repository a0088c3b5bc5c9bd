package dev.fovea.vision.codec;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;

/** The portable anymap family, P1 to P6: bits, grey and colour, as text or bytes, 8 or 16 bits. */
final class PnmDecoder {
    private final Bytes bytes;
    private final int kind;
    private final Size size;
    private final int max;
    private int at = 2;

    private PnmDecoder(Bytes bytes) throws ImageFormatException {
        this.bytes = bytes;
        this.kind = bytes.u8(1) - '0';
        int width = number();
        int height = number();
        this.size = bytes.size(width, height);
        this.max = isBits() ? 1 : number();
        if (max < 1 || max > 65535) {
            throw bytes.corrupt("its largest value is " + max + ", not 1 to 65535");
        }
        at++; // exactly one blank before binary data
    }

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        return new PnmDecoder(bytes).header();
    }

    static Image decode(Bytes bytes) throws ImageFormatException {
        return new PnmDecoder(bytes).decode();
    }

    private ImageHeader header() {
        int depth = Integer.SIZE - Integer.numberOfLeadingZeros(max);
        return new ImageHeader(ImageFormat.PNM, size, channels(), depth, 1);
    }

    private boolean isBits() {
        return kind == 1 || kind == 4;
    }

    private int channels() {
        return kind == 3 || kind == 6 ? 3 : 1;
    }

    private Image decode() throws ImageFormatException {
        long samples = size.area() * channels();
        int width = max > 255 ? 2 : 1;
        long rowBytes = kind == 4 ? (size.width() + 7L) / 8 : 0;
        long needed = kind <= 3 ? samples : kind == 4 ? rowBytes * size.height() : samples * width;
        if (!bytes.has(at, kind <= 3 ? 1 : needed) || needed > bytes.length()) {
            throw bytes.truncated("it has " + Math.max(0, bytes.length() - at) + " of " + needed + " bytes of pixels");
        }
        byte[] out = new byte[Math.toIntExact(samples)];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte)
                    switch (kind) {
                        case 1 -> bit();
                        case 2, 3 -> scaled(number());
                        case 4 -> packedBit(i, rowBytes);
                        default -> scaled(width == 1 ? bytes.u8(at + (long) i) : bytes.u16be(at + 2L * i));
                    };
        }
        return Image.wrap(size.width(), size.height(), channels(), out);
    }

    private int scaled(int value) {
        return max == 255 ? value : (int) ((Math.min(value, max) * 255L + max / 2) / max);
    }

    /** In bitmaps 1 is black. */
    private int packedBit(int i, long rowBytes) throws ImageFormatException {
        int x = i % size.width();
        int y = i / size.width();
        return ((bytes.u8(at + y * rowBytes + (x >> 3)) >> (7 - (x & 7))) & 1) == 0 ? 255 : 0;
    }

    private int bit() throws ImageFormatException {
        skipBlanks();
        int digit = bytes.u8(at++);
        if (digit != '0' && digit != '1') {
            throw bytes.corrupt("a bit that is neither 0 nor 1");
        }
        return digit == '0' ? 255 : 0;
    }

    private void skipBlanks() throws ImageFormatException {
        while (bytes.has(at, 1) && (Character.isWhitespace(bytes.u8(at)) || bytes.u8(at) == '#')) {
            if (bytes.u8(at) == '#') {
                while (bytes.has(at, 1) && bytes.u8(at) != '\n' && bytes.u8(at) != '\r') {
                    at++;
                }
            } else {
                at++;
            }
        }
    }

    private int number() throws ImageFormatException {
        skipBlanks();
        int start = at;
        long value = 0;
        while (bytes.has(at, 1) && Character.isDigit(bytes.u8(at)) && value < Integer.MAX_VALUE) {
            value = value * 10 + bytes.u8(at++) - '0';
        }
        if (at == start) {
            throw bytes.has(at, 1)
                    ? bytes.corrupt("no number where one belongs")
                    : bytes.truncated("it ends too early");
        }
        return (int) Math.min(value, Integer.MAX_VALUE);
    }
}
