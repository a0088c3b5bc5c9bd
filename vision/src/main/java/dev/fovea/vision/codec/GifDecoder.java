package dev.fovea.vision.codec;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.Arrays;

/**
 * The first frame of a GIF file (CompuServe, version 89a), on the whole screen. What the frame leaves uncovered shows the
 * transparent colour if there is one and colour 0 otherwise; without any palette the indices are grey levels.
 */
final class GifDecoder {
    private static final int TRAILER = 0x3b;
    private static final int EXTENSION = 0x21;
    private static final int GRAPHIC_CONTROL = 0xf9;
    private static final int FRAME = 0x2c;
    private static final int MAX_CODES = 4096;

    private final Bytes bytes;
    private final Size screen;
    private int transparent;

    private GifDecoder(Bytes bytes) throws ImageFormatException {
        this.bytes = bytes;
        this.screen = bytes.size(bytes.u16le(6), bytes.u16le(8));
    }

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        return new ImageHeader(ImageFormat.GIF, new GifDecoder(bytes).screen, 3, (bytes.u8(10) & 7) + 1, 1);
    }

    static Image decode(Bytes bytes) throws ImageFormatException {
        return new GifDecoder(bytes).decode();
    }

    private Image decode() throws ImageFormatException {
        int at = 13 + paletteBytes(bytes.u8(10));
        while (true) {
            int block = bytes.u8(at);
            switch (block) {
                case EXTENSION -> {
                    if (bytes.u8(at + 1L) == GRAPHIC_CONTROL && (bytes.u8(at + 3L) & 1) != 0) {
                        transparent = bytes.u8(at + 6L);
                    }
                    at = endOfBlocks(at + 2);
                }
                case FRAME -> {
                    return frame(at);
                }
                case TRAILER -> throw bytes.corrupt("it has no frame");
                default -> throw bytes.corrupt("unknown block " + block);
            }
        }
    }

    private static int paletteBytes(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << ((flags & 7) + 1);
    }

    private int endOfBlocks(int from) throws ImageFormatException {
        int at = from;
        while (true) {
            if (!bytes.has(at, 1)) {
                throw bytes.truncated("its first frame is incomplete");
            }
            int length = bytes.u8(at);
            at += 1 + length;
            if (length == 0) {
                return at;
            }
        }
    }

    private Image frame(int at) throws ImageFormatException {
        int left = bytes.u16le(at + 1L);
        int top = bytes.u16le(at + 3L);
        Size frame = bytes.size(bytes.u16le(at + 5L), bytes.u16le(at + 7L));
        if (left + frame.width() > screen.width() || top + frame.height() > screen.height()) {
            throw bytes.corrupt(
                    "its first frame, " + frame + " at (" + left + ", " + top + "), leaves its screen of " + screen);
        }
        int flags = bytes.u8(at + 9L);
        int paletteAt = (flags & 0x80) != 0 ? at + 10 : 13;
        byte[] palette = palette(paletteAt, (flags & 0x80) != 0 ? paletteBytes(flags) : paletteBytes(bytes.u8(10)));
        int dataAt = at + 10 + paletteBytes(flags);
        byte[] indices = lzw(bytes.u8(dataAt), joined(dataAt + 1), Math.toIntExact(frame.area()));
        byte[] out = new byte[Math.toIntExact(screen.area() * 3)];
        if (!frame.equals(screen)) {
            for (int i = 0; i < out.length; i++) {
                out[i] = palette[3 * transparent + i % 3];
            }
        }
        boolean interlaced = (flags & 0x40) != 0;
        for (int row = 0; row < frame.height(); row++) {
            int y = interlaced ? interlacedRow(row, frame.height()) : row;
            int o = ((top + y) * screen.width() + left) * 3;
            for (int x = 0; x < frame.width(); x++) {
                int p = 3 * (indices[row * frame.width() + x] & 0xff);
                out[o++] = palette[p];
                out[o++] = palette[p + 1];
                out[o++] = palette[p + 2];
            }
        }
        return Image.wrap(screen.width(), screen.height(), 3, out);
    }

    /** 256 colours; those the file does not give are black, without any palette they are a grey ramp. */
    private byte[] palette(int at, int length) throws ImageFormatException {
        byte[] rgb = new byte[768];
        if (!bytes.has(at, length)) {
            throw bytes.truncated("it ends within its palette");
        }
        System.arraycopy(bytes.data(), at, rgb, 0, length);
        for (int i = 0; length == 0 && i < rgb.length; i++) {
            rgb[i] = (byte) (i / 3);
        }
        return rgb;
    }

    /** Rows come in four passes: every 8th from 0, every 8th from 4, every 4th from 2, every 2nd from 1. */
    private static int interlacedRow(int row, int height) {
        int first = (height + 7) / 8;
        int second = first + (height + 3) / 8;
        int third = second + (height + 1) / 4;
        if (row < first) {
            return row * 8;
        }
        return row < second ? (row - first) * 8 + 4 : row < third ? (row - second) * 4 + 2 : (row - third) * 2 + 1;
    }

    private byte[] joined(int from) throws ImageFormatException {
        byte[] codes = new byte[endOfBlocks(from) - from];
        int n = 0;
        for (int at = from, length = bytes.u8(at); length > 0; at += 1 + length, length = bytes.u8(at)) {
            System.arraycopy(bytes.data(), at + 1, codes, n, length);
            n += length;
        }
        return Arrays.copyOf(codes, n);
    }

    private byte[] lzw(int minimum, byte[] codes, int pixels) throws ImageFormatException {
        if (minimum < 1 || minimum > 8) {
            throw bytes.corrupt("codes of " + minimum + " bits");
        }
        // A code stands for at most 4096 pixels: refuse before allocating what cannot be there.
        if (pixels / MAX_CODES > codes.length) {
            throw bytes.corrupt(codes.length + " bytes of data cannot hold " + pixels + " pixels");
        }
        int clear = 1 << minimum;
        short[] prefix = new short[MAX_CODES];
        byte[] suffix = new byte[MAX_CODES];
        byte[] stack = new byte[MAX_CODES + 1];
        byte[] out = new byte[pixels];
        for (int i = 0; i < clear; i++) {
            suffix[i] = (byte) i;
        }
        int next = clear + 2;
        int width = minimum + 1;
        int previous = -1;
        int first = 0;
        int bits = 0;
        int held = 0;
        int n = 0;
        for (int at = 0; n < pixels; ) {
            while (held < width && at < codes.length) {
                bits |= (codes[at++] & 0xff) << held;
                held += 8;
            }
            int code = bits & ((1 << width) - 1);
            if (held < width || code == clear + 1) {
                throw bytes.corrupt("its first frame ends after " + n + " of " + pixels + " pixels");
            }
            bits >>>= width;
            held -= width;
            if (code == clear) {
                next = clear + 2;
                width = minimum + 1;
                previous = -1;
                continue;
            }
            if (code > next || (previous < 0 && code >= clear) || (code == next && next == MAX_CODES)) {
                throw bytes.corrupt("a code that was never defined");
            }
            int depth = 0;
            int walk = code;
            if (code == next) {
                stack[depth++] = (byte) first;
                walk = previous;
            }
            while (walk >= clear) {
                stack[depth++] = suffix[walk];
                walk = prefix[walk];
            }
            first = suffix[walk];
            stack[depth++] = (byte) first;
            while (depth > 0 && n < pixels) {
                out[n++] = stack[--depth];
            }
            if (previous >= 0 && next < MAX_CODES) {
                prefix[next] = (short) previous;
                suffix[next++] = (byte) first;
                width += next == (1 << width) && width < 12 ? 1 : 0;
            }
            previous = code;
        }
        return out;
    }
}
