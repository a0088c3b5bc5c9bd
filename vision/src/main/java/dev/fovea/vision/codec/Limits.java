package dev.fovea.vision.codec;

/**
 * How large a picture file may be before it is refused unread. A few bytes can ask for terabytes of pixels, so the header
 * is held against these numbers before anything is decoded or allocated.
 *
 * @param maxPixels the largest width times height
 * @param maxBytes the largest file
 */
public record Limits(long maxPixels, long maxBytes) {
    /** 178,956,970 pixels (the limit at which Pillow refuses: half a gigabyte as RGB) in at most 512 MiB of file. */
    public static final Limits DEFAULT = new Limits(178_956_970, 512L << 20);

    public Limits {
        if (maxPixels < 1 || maxBytes < 1) {
            throw new IllegalArgumentException(
                    "limits must be positive, got maxPixels=" + maxPixels + ", maxBytes=" + maxBytes);
        }
    }

    /** These limits with another number of pixels. */
    public Limits withMaxPixels(long pixels) {
        return new Limits(pixels, maxBytes);
    }
}
