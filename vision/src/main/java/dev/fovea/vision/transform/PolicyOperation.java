package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.PixelWarp.Filter;

/**
 * The operations that RandAugment and TrivialAugment choose from, with torchvision's names and meaning of magnitude.
 */
enum PolicyOperation {
    IDENTITY(false),
    SHEAR_X(true),
    SHEAR_Y(true),
    TRANSLATE_X(true),
    TRANSLATE_Y(true),
    ROTATE(true),
    BRIGHTNESS(true),
    COLOR(true),
    CONTRAST(true),
    SHARPNESS(true),
    POSTERIZE(false),
    SOLARIZE(false),
    AUTO_CONTRAST(false),
    EQUALIZE(false);

    /** The number of steps of a magnitude. */
    static final int BINS = 31;

    private final boolean signed;

    PolicyOperation(boolean signed) {
        this.signed = signed;
    }

    /** True where half of the draws take the negative magnitude. */
    boolean signed() {
        return signed;
    }

    /** The image moved or recoloured; what comes from outside gets the grey level {@code fill}. */
    Picture apply(Picture picture, double magnitude, int fill) {
        Size size = picture.image().size();
        return switch (this) {
            case IDENTITY -> picture;
            case SHEAR_X -> warp(picture, Maps.affine(0, 0, 0, 1, lean(magnitude), 0, 0, 0, size), fill);
            case SHEAR_Y -> warp(picture, Maps.affine(0, 0, 0, 1, 0, lean(magnitude), 0, 0, size), fill);
            case TRANSLATE_X -> warp(picture, Warp.shift(-(int) magnitude, 0, size), fill);
            case TRANSLATE_Y -> warp(picture, Warp.shift(0, -(int) magnitude, size), fill);
            case ROTATE -> warp(picture, Maps.rotation(magnitude, size.width() / 2.0, size.height() / 2.0, size), fill);
            case BRIGHTNESS -> picture.withImage(Photometric.brightness(picture.image(), 1 + magnitude));
            case COLOR -> picture.withImage(Photometric.saturation(picture.image(), 1 + magnitude));
            case CONTRAST -> picture.withImage(Photometric.contrast(picture.image(), 1 + magnitude));
            case SHARPNESS -> picture.withImage(Smoothing.sharpness(picture.image(), 1 + magnitude));
            case POSTERIZE -> picture.withImage(Photometric.posterize(picture.image(), (int) magnitude));
            case SOLARIZE -> picture.withImage(Photometric.solarize(picture.image(), magnitude));
            case AUTO_CONTRAST -> picture.withImage(Photometric.autoContrast(picture.image()));
            case EQUALIZE -> picture.withImage(Photometric.equalize(picture.image()));
        };
    }

    private static double lean(double slope) {
        return Math.toDegrees(Math.atan(slope));
    }

    private static Picture warp(Picture picture, Warp back, int fill) {
        return PixelWarp.apply(picture, back, picture.image().size(), Filter.NEAREST, fill);
    }
}
