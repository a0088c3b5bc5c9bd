package dev.fovea.data.inspect;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Interpolation;
import dev.fovea.vision.transform.Resample;
import java.util.Arrays;

/**
 * What is kept of one picture that was decoded.
 *
 * @param greyAsRgb whether three channels are stored that are equal everywhere
 * @param hash the perceptual hash
 * @param contentHash of the exact pixels
 * @param thumbnail 16x16 grey values, to confirm what the hash suggests
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; millions of them
record Facts(Size size, int channels, boolean greyAsRgb, long hash, int contentHash, byte[] thumbnail) {
    static final int THUMBNAIL = 16;

    /**
     * Measures a picture.
     *
     * @param small the same picture stretched to 64x64 or so, from which the hash is taken
     */
    static Facts of(Image image, Image small) {
        Image grey = Resample.resize(small.toGrey(), Size.square(PerceptualHash.SIDE), Interpolation.BILINEAR);
        Image thumbnail = Resample.resize(grey, Size.square(THUMBNAIL), Interpolation.BILINEAR);
        return new Facts(
                image.size(),
                image.channels(),
                image.channels() == 3 && isGrey(image.pixels()),
                PerceptualHash.of(grey),
                Arrays.hashCode(image.pixels()),
                thumbnail.pixels());
    }

    private static boolean isGrey(byte[] rgb) {
        for (int i = 0; i < rgb.length; i += 3) {
            if (rgb[i] != rgb[i + 1] || rgb[i] != rgb[i + 2]) {
                return false;
            }
        }
        return true;
    }

    /** Whether the pixels are the same, up to a chance of about one in 2^32 among pictures that look alike. */
    boolean isIdentical(Facts other) {
        return size.equals(other.size)
                && channels == other.channels
                && contentHash == other.contentHash
                && Arrays.equals(thumbnail, other.thumbnail);
    }
}
