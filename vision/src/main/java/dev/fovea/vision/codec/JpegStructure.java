package dev.fovea.vision.codec;

import dev.fovea.vision.Size;
import java.io.ByteArrayOutputStream;
import java.util.HashSet;
import java.util.Set;

/**
 * The markers of a JPEG file (ITU-T T.81, annex B), walked without decoding: for the header, and to see that the file goes
 * on to its end-of-image marker.
 */
final class JpegStructure {
    private static final int SOI = 0xd8;
    private static final int EOI = 0xd9;
    private static final int SOS = 0xda;
    private static final int DRI = 0xdd;
    private static final int APP1 = 0xe1;

    private final Bytes bytes;
    private Size size;
    private boolean arithmetic;
    private int components;
    private int orientation;
    private int restartInterval;
    private long scanBytes;
    private final Set<Integer> scanned = new HashSet<>();

    private JpegStructure(Bytes bytes) {
        this.bytes = bytes;
    }

    static ImageHeader header(Bytes bytes) throws ImageFormatException {
        var jpeg = new JpegStructure(bytes);
        jpeg.walk(true);
        int orientation = jpeg.orientation == 0 ? 1 : jpeg.orientation;
        return new ImageHeader(ImageFormat.JPEG, jpeg.size, jpeg.components == 1 ? 1 : 3, 8, orientation);
    }

    /** The file without junk between its segments, about which decoders complain on the console; complete to its end. */
    static byte[] verified(Bytes bytes) throws ImageFormatException {
        return new JpegStructure(bytes).walk(false);
    }

    private byte[] walk(boolean headerOnly) throws ImageFormatException {
        byte[] data = bytes.data();
        ByteArrayOutputStream clean = null;
        int kept = 0;
        int at = 2;
        while (true) {
            int marker = nextMarker(at);
            if (!headerOnly && marker != at) {
                clean = clean == null ? new ByteArrayOutputStream(data.length) : clean;
                clean.write(data, kept, at - kept);
                kept = marker;
            }
            int code = data[marker + 1] & 0xff;
            at = marker + 2;
            if (code == EOI) {
                break;
            }
            if (isStandalone(code)) {
                continue;
            }
            int length = bytes.u16be(at);
            if (length < 2 || !bytes.has(at, length)) {
                throw length < 2 ? bytes.corrupt("a segment of " + length + " bytes") : noEnd();
            }
            segment(code, at + 2, length);
            at += length;
            if (code == SOS) {
                if (size == null) {
                    throw bytes.corrupt("picture data before its size");
                }
                if (headerOnly) {
                    return data;
                }
                int end = endOfScan(at);
                scanBytes += end - at;
                at = end;
            }
        }
        checkScans();
        if (clean == null) {
            return data;
        }
        clean.write(data, kept, at - kept);
        return clean.toByteArray();
    }

    /** Sees that the scans can hold the picture: a decoder would paint what is missing grey and say nothing. */
    private void checkScans() throws ImageFormatException {
        if (scanned.isEmpty()) {
            throw bytes.corrupt("no picture data between its start and its end");
        }
        if (scanned.size() < components) {
            throw bytes.corrupt("only " + scanned.size() + " of its " + components + " colour components have data");
        }
        // Huffman codes have at least one bit, and every block of 8x8 pixels at least one code.
        long blocks = (size.width() + 7L) / 8 * ((size.height() + 7L) / 8);
        if (!arithmetic && blocks > scanBytes * 8) {
            throw bytes.corrupt(scanBytes + " bytes of data cannot hold " + size + " pixels");
        }
    }

    private static boolean isStandalone(int code) {
        return code == 0x01 || code == SOI || (code >= 0xd0 && code <= 0xd7);
    }

    /** The position of the 0xff before the next marker code; skips junk and fill bytes as decoders do. */
    private int nextMarker(int from) throws ImageFormatException {
        byte[] data = bytes.data();
        for (int at = from; at + 1 < data.length; at++) {
            int code = data[at + 1] & 0xff;
            if (data[at] == (byte) 0xff && code != 0 && code != 0xff) {
                return at;
            }
        }
        throw noEnd();
    }

    /**
     * The position of the marker after entropy-coded data, in which 0xff is followed by 0 or by the next restart marker.
     * Any other marker that cannot follow a scan is damaged data, from which a decoder would go on in grey.
     */
    private int endOfScan(int from) throws ImageFormatException {
        byte[] data = bytes.data();
        int restart = 0xd0;
        for (int at = from; at + 1 < data.length; at++) {
            if (data[at] != (byte) 0xff) {
                continue;
            }
            int code = data[at + 1] & 0xff;
            if (code == restart && restartInterval > 0) {
                restart = 0xd0 | ((restart + 1) & 7);
            } else if (code != 0 && code != 0xff) {
                if (code < 0xc4 || (code > 0xc4 && code < EOI && code != 0xcc) || (code > 0xef && code != 0xfe)) {
                    throw bytes.corrupt("its data was damaged at byte " + at + "; copy the file again");
                }
                return at;
            }
        }
        throw noEnd();
    }

    private ImageFormatException noEnd() {
        return bytes.truncated("no end-of-image marker");
    }

    private void segment(int code, int at, int length) throws ImageFormatException {
        boolean frame = code >= 0xc0 && code <= 0xcf && code != 0xc4 && code != 0xc8 && code != 0xcc;
        if (frame && size == null) {
            frame(code, at, length);
        } else if (code == DRI && length >= 4) {
            restartInterval = bytes.u16be(at);
        } else if (code == SOS && length >= 6) {
            for (int i = 0; i < bytes.u8(at) && 3 + 2 * i < length; i++) {
                scanned.add(bytes.u8(at + 1 + 2L * i));
            }
        } else if (code == APP1 && orientation == 0 && length >= 8 && bytes.startsWith(at, "Exif\0")) {
            orientation = Exif.orientation(bytes, at + 6);
        }
    }

    private void frame(int code, int at, int length) throws ImageFormatException {
        if (length < 8) {
            throw bytes.corrupt("its frame header has " + length + " bytes");
        }
        int precision = bytes.u8(at);
        arithmetic = code == 0xc9 || code == 0xca;
        if (code != 0xc0 && code != 0xc1 && code != 0xc2 && code != 0xc9 && code != 0xca) {
            throw bytes.unsupported(code == 0xc3 ? "lossless compression" : "hierarchical or lossless compression");
        }
        if (precision != 8) {
            throw bytes.unsupported(precision + " bits a sample");
        }
        size = bytes.size(bytes.u16be(at + 3), bytes.u16be(at + 1));
        components = bytes.u8(at + 5);
        if (components != 1 && components != 3 && components != 4) {
            throw bytes.unsupported(components + " colour components");
        }
    }
}
