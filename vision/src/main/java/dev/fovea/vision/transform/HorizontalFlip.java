package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * With some probability, swaps left and right. Key points that are named as a pair, {@code left_*} and {@code right_*},
 * change their names, since a mirrored left hand is a right hand.
 */
public record HorizontalFlip(double probability) implements Transform {
    public HorizontalFlip {
        Chance.requireProbability("flip", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random) ? flip(picture) : picture;
    }

    /** The picture with left and right swapped. */
    public static Picture flip(Picture picture) {
        Size size = picture.image().size();
        Warp warp = Warp.affine(-1, 0, size.width(), 0, 1, 0, size);
        return Mirror.swapSides(warp.apply(picture, flip(picture.image())));
    }

    /** The image with left and right swapped. */
    public static Image flip(Image image) {
        int step = image.channels();
        int stride = image.width() * step;
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int row = 0; row < from.length; row += stride) {
            int o = row + stride - step;
            for (int i = row; i < row + stride; i += step, o -= step) {
                to[o] = from[i];
                if (step == 3) {
                    to[o + 1] = from[i + 1];
                    to[o + 2] = from[i + 2];
                }
            }
        }
        return Image.wrap(image.width(), image.height(), step, to);
    }

    @Override
    public String toString() {
        return Registry.line("flip", probability);
    }
}
