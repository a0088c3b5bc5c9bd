package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * Turns, shifts, scales and shears the picture about its centre by random amounts; the size stays. Sampling as in
 * torchvision.
 *
 * @param degrees largest rotation either way, 0-180
 * @param translate largest shift either way, as a share of width and height, 0-1
 * @param minScale smallest factor of size, above 0
 * @param shear largest lean of vertical lines either way, in degrees, 0-89
 * @param fill grey level of what comes from outside, 0-255
 */
public record RandomAffine(double degrees, double translate, double minScale, double maxScale, double shear, int fill)
        implements Transform {
    public RandomAffine {
        Chance.requireRange("affine", "degrees", degrees, 0, 180);
        Chance.requireRange("affine", "translate", translate, 0, 1);
        Chance.requireRange("affine", "minScale", minScale, 0.01, 100);
        Chance.requireRange("affine", "maxScale", maxScale, 0.01, 100);
        Chance.requireOrdered("affine", "scale", minScale, maxScale);
        Chance.requireRange("affine", "shear", shear, 0, 89);
        Chance.requireRange("affine", "fill", fill, 0, 255);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Size size = picture.image().size();
        double angle = Chance.between(-degrees, degrees, random);
        double shiftX = Math.rint(Chance.between(-translate, translate, random) * size.width());
        double shiftY = Math.rint(Chance.between(-translate, translate, random) * size.height());
        double scale = Chance.between(minScale, maxScale, random);
        double lean = Chance.between(-shear, shear, random);
        Warp back = Maps.affine(angle, shiftX, shiftY, scale, lean, 0, size.width() / 2.0, size.height() / 2.0, size);
        return PixelWarp.apply(picture, back, size, PixelWarp.Filter.BILINEAR, fill);
    }

    @Override
    public String toString() {
        return Registry.line("affine", degrees, translate, minScale, maxScale, shear, fill);
    }
}
