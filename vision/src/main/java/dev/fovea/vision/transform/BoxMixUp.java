package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * MixUp for boxes as YOLOX was trained (Zhang et al. 2019, arXiv 1902.04103; Ge et al. 2021, arXiv 2107.08430): another
 * picture with objects, scaled and perhaps mirrored, shines through this one; the objects of both are there.
 *
 * @param minScale smallest size of the other picture, in sizes that fit into this one, above 0
 * @param share how much of this picture is kept where both are, 0-1; the paper of YOLOX uses 0.5
 */
public record BoxMixUp(double probability, double minScale, double maxScale, double share) implements Combining {
    private static final int DRAWS = 10;

    public BoxMixUp {
        Chance.requireProbability("boxmixup", probability);
        Chance.requireRange("boxmixup", "minScale", minScale, 0.05, 10);
        Chance.requireRange("boxmixup", "maxScale", maxScale, 0.05, 10);
        Chance.requireOrdered("boxmixup", "scale", minScale, maxScale);
        Chance.requireRange("boxmixup", "share", share, 0, 1);
    }

    /** Always, half and half, at half to one and a half times the size. */
    public static BoxMixUp yolox() {
        return new BoxMixUp(1, 0.5, 1.5, 0.5);
    }

    @Override
    public Picture apply(Picture picture, Companions others, RandomGenerator random) {
        if (!Chance.happens(probability, random)) {
            return picture;
        }
        Picture other = others.draw(random);
        for (int i = 1; i < DRAWS && other.annotation().instances().isEmpty(); i++) {
            other = others.draw(random);
        }
        if (random.nextBoolean()) {
            other = HorizontalFlip.flip(other);
        }
        Size size = picture.image().size();
        Size from = other.image().size();
        double scale = Chance.between(minScale, maxScale, random)
                * Math.min(size.width() / (double) from.width(), size.height() / (double) from.height());
        double x = (size.width() - from.width() * scale) * random.nextDouble();
        double y = (size.height() - from.height() * scale) * random.nextDouble();
        Tile tile = Tile.of(other, Warp.affine(scale, 0, x, 0, scale, y, size), 0.1);
        byte[] pixels = picture.image().toRgb().pixels().clone();
        tile.paint(pixels, size, 1 - share);
        List<Instance> objects = new ArrayList<>(picture.annotation().instances());
        objects.addAll(tile.moved().annotation().instances());
        return new Picture(
                Image.wrap(size.width(), size.height(), 3, pixels),
                picture.annotation().withInstances(objects),
                picture.geometry());
    }
}
