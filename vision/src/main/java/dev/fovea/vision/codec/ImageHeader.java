package dev.fovea.vision.codec;

import dev.fovea.vision.Size;

/**
 * What a file says of its picture before it is decoded.
 *
 * @param format the container
 * @param size the pixels as they are stored, before the orientation is applied
 * @param channels channels of the decoded {@link dev.fovea.vision.Image}: 1 grey, 3 everything else (palettes, CMYK, alpha)
 * @param bitDepth bits of a stored sample or palette index: 1 to 16
 * @param orientation how to turn the stored pixels upright, 1-8 as in EXIF; 1 where nothing is said or it cannot be read
 */
public record ImageHeader(ImageFormat format, Size size, int channels, int bitDepth, int orientation) {
    /** The size of the picture after it was turned upright. */
    public Size uprightSize() {
        return orientation >= 5 ? new Size(/* height= */ size.width(), /* width= */ size.height()) : size;
    }
}
