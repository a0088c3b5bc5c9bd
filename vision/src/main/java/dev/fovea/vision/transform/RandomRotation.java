package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * Turns the picture about its centre by a random angle, -{@code degrees} to {@code degrees}; the size stays, and
 * corners that come from outside get the grey level {@code fill}.
 */
public record RandomRotation(double degrees, int fill) implements Transform {
    public RandomRotation {
        Chance.requireRange("rotate", "degrees", degrees, 0, 180);
        Chance.requireRange("rotate", "fill", fill, 0, 255);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        double angle = Chance.between(-degrees, degrees, random);
        Size size = picture.image().size();
        Warp back = Maps.rotation(angle, size.width() / 2.0, size.height() / 2.0, size);
        return PixelWarp.apply(picture, back, size, PixelWarp.Filter.BILINEAR, fill);
    }

    @Override
    public String toString() {
        return Registry.line("rotate", degrees, fill);
    }
}
