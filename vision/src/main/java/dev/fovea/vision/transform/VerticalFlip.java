package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * With some probability, swaps top and bottom. Key points that are named as a pair, {@code left_*} and {@code right_*},
 * change their names, since a mirrored left hand is a right hand.
 */
public record VerticalFlip(double probability) implements Transform {
    public VerticalFlip {
        Chance.requireProbability("vflip", probability);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        return Chance.happens(probability, random) ? flip(picture) : picture;
    }

    /** The picture with top and bottom swapped. */
    public static Picture flip(Picture picture) {
        Size size = picture.image().size();
        Warp warp = Warp.affine(1, 0, 0, 0, -1, size.height(), size);
        return Mirror.swapSides(warp.apply(picture, flip(picture.image())));
    }

    /** The image with top and bottom swapped. */
    public static Image flip(Image image) {
        int stride = image.width() * image.channels();
        byte[] from = image.pixels();
        byte[] to = new byte[from.length];
        for (int row = 0; row < from.length; row += stride) {
            System.arraycopy(from, row, to, from.length - row - stride, stride);
        }
        return Image.wrap(image.width(), image.height(), image.channels(), to);
    }

    @Override
    public String toString() {
        return Registry.line("vflip", probability);
    }
}
