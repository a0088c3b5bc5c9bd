package dev.fovea.vision.codec;

/** The one EXIF entry that changes pixels: the orientation (tag 0x0112 of the first directory; CIPA DC-008). */
final class Exif {
    private static final int ORIENTATION = 0x0112;
    private static final int SHORT = 3;

    private Exif() {}

    /**
     * The orientation in a TIFF structure that begins at {@code start}: 1-8, or 0 where it is missing or the structure is
     * broken. Broken EXIF is common and never a reason to refuse a picture.
     */
    static int orientation(Bytes bytes, int start) {
        try {
            boolean little = bytes.startsWith(start, "II*\0");
            if (!little && !bytes.startsWith(start, "MM\0*")) {
                return 0;
            }
            long directory = start + (little ? bytes.u32le(start + 4L) : bytes.u32be(start + 4L));
            int entries = u16(bytes, directory, little);
            for (int i = 0; i < entries; i++) {
                long entry = directory + 2 + 12L * i;
                if (u16(bytes, entry, little) == ORIENTATION && u16(bytes, entry + 2, little) == SHORT) {
                    int value = u16(bytes, entry + 8, little);
                    return value >= 1 && value <= 8 ? value : 0;
                }
            }
            return 0;
        } catch (ImageFormatException e) {
            return 0;
        }
    }

    private static int u16(Bytes bytes, long at, boolean little) throws ImageFormatException {
        return little ? bytes.u16le(at) : bytes.u16be(at);
    }
}
