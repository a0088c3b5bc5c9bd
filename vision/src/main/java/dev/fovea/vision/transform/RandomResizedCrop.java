package dev.fovea.vision.transform;

import dev.fovea.vision.Image;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * A random part of the picture, resized (bilinear, antialiased) to one size whatever the picture's was: the usual start
 * of training on photos (Szegedy et al. 2014, arXiv 1409.4842). Sampling as in torchvision: ten tries to fit a
 * rectangle, then the largest centred one of an allowed ratio.
 *
 * @param minArea smallest share of the picture, above 0
 * @param maxArea largest share, at most 1
 * @param minRatio smallest width over height
 */
public record RandomResizedCrop(Size size, double minArea, double maxArea, double minRatio, double maxRatio)
        implements Transform {
    private static final int TRIES = 10;

    public RandomResizedCrop {
        Chance.requireRange("resizedcrop", "minArea", minArea, 1e-6, 1);
        Chance.requireRange("resizedcrop", "maxArea", maxArea, 1e-6, 1);
        Chance.requireOrdered("resizedcrop", "area", minArea, maxArea);
        Chance.requireRange("resizedcrop", "minRatio", minRatio, 0.001, 1000);
        Chance.requireRange("resizedcrop", "maxRatio", maxRatio, 0.001, 1000);
        Chance.requireOrdered("resizedcrop", "ratio", minRatio, maxRatio);
    }

    /** torchvision's ranges: 8 % to all of the picture, ratio 3:4 to 4:3. */
    public static RandomResizedCrop of(Size size) {
        return new RandomResizedCrop(size, 0.08, 1, 0.75, 1.3333);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Frame part = draw(picture.image().size(), random);
        return apply(picture, part, size);
    }

    /** The given part of a picture, stretched over the given size. */
    static Picture apply(Picture picture, Frame part, Size size) {
        Image resized = Resample.resize(part.cut(picture.image(), 0), size, Interpolation.BILINEAR);
        double scaleX = size.width() / (double) part.size().width();
        double scaleY = size.height() / (double) part.size().height();
        Warp warp = Warp.affine(scaleX, 0, -part.x() * scaleX, 0, scaleY, -part.y() * scaleY, size);
        return warp.apply(picture, resized);
    }

    private Frame draw(Size image, RandomGenerator random) {
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double area = Chance.between(minArea, maxArea, random) * image.area();
            double ratio = Math.exp(Chance.between(Math.log(minRatio), Math.log(maxRatio), random));
            int w = (int) Math.rint(Math.sqrt(area * ratio));
            int h = (int) Math.rint(Math.sqrt(area / ratio));
            if (w > 0 && h > 0 && w <= image.width() && h <= image.height()) {
                int y = random.nextInt(image.height() - h + 1);
                int x = random.nextInt(image.width() - w + 1);
                return new Frame(x, y, new Size(h, w));
            }
        }
        double ratio = image.width() / (double) image.height();
        int w = image.width();
        int h = image.height();
        if (ratio < minRatio) {
            h = Math.max(1, Math.min(h, (int) Math.rint(w / minRatio)));
        } else if (ratio > maxRatio) {
            w = Math.max(1, Math.min(w, (int) Math.rint(h * maxRatio)));
        }
        return new Frame((image.width() - w) / 2, (image.height() - h) / 2, new Size(h, w));
    }

    @Override
    public String toString() {
        return Registry.line("resizedcrop", size, minArea, maxArea, minRatio, maxRatio);
    }
}
