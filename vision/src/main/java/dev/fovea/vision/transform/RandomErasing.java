package dev.fovea.vision.transform;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Point;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Picture;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * With some probability, hides a random rectangle under the grey level {@code fill} (Zhong et al. 2017, arXiv
 * 1708.04896). What is hidden keeps its annotation, except that visible key points below the rectangle become {@link
 * Visibility#HIDDEN}. Sampling as in torchvision.
 *
 * @param minArea smallest share of the picture, 0-1
 * @param minRatio smallest height over width, above 0
 */
public record RandomErasing(
        double probability, double minArea, double maxArea, double minRatio, double maxRatio, int fill)
        implements Transform {
    private static final int TRIES = 10;

    public RandomErasing {
        Chance.requireProbability("erase", probability);
        Chance.requireRange("erase", "minArea", minArea, 0, 1);
        Chance.requireRange("erase", "maxArea", maxArea, 0, 1);
        Chance.requireOrdered("erase", "area", minArea, maxArea);
        Chance.requireRange("erase", "minRatio", minRatio, 0.001, 1000);
        Chance.requireRange("erase", "maxRatio", maxRatio, 0.001, 1000);
        Chance.requireOrdered("erase", "ratio", minRatio, maxRatio);
        Chance.requireRange("erase", "fill", fill, 0, 255);
    }

    /** torchvision's rectangles in mid grey, which normalisation turns to about 0. */
    public static RandomErasing of(double probability) {
        return new RandomErasing(probability, 0.02, 0.33, 0.3, 3.3, 128);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Image image = picture.image();
        if (!Chance.happens(probability, random)) {
            return picture;
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double area = Chance.between(minArea, maxArea, random) * image.width() * image.height();
            double ratio = Math.exp(Chance.between(Math.log(minRatio), Math.log(maxRatio), random));
            int h = (int) Math.rint(Math.sqrt(area * ratio));
            int w = (int) Math.rint(Math.sqrt(area / ratio));
            if (h > 0 && w > 0 && h < image.height() && w < image.width()) {
                int y = random.nextInt(image.height() - h + 1);
                int x = random.nextInt(image.width() - w + 1);
                return new Picture(
                        erase(image, x, y, w, h), hide(picture.annotation(), x, y, w, h), picture.geometry());
            }
        }
        return picture;
    }

    private Image erase(Image image, int x, int y, int w, int h) {
        int step = image.channels();
        byte[] pixels = image.pixels().clone();
        for (int row = y; row < y + h; row++) {
            int start = (row * image.width() + x) * step;
            Arrays.fill(pixels, start, start + w * step, (byte) fill);
        }
        return Image.wrap(image.width(), image.height(), step, pixels);
    }

    private static Annotation hide(Annotation annotation, int x, int y, int w, int h) {
        if (annotation.instances().stream().allMatch(i -> i.keypoints().isEmpty())) {
            return annotation;
        }
        List<Instance> instances = annotation.instances().stream()
                .map(i -> i.withKeypoints(i.keypoints().map(k -> hide(k, x, y, w, h))))
                .toList();
        return annotation.withInstances(instances);
    }

    private static Keypoints hide(Keypoints keypoints, int x, int y, int w, int h) {
        return new Keypoints(keypoints.points().stream()
                .map(p -> p.visibility() == Visibility.VISIBLE
                                && p.x() >= x
                                && p.x() < x + w
                                && p.y() >= y
                                && p.y() < y + h
                        ? new Point(p.name(), p.x(), p.y(), Visibility.HIDDEN)
                        : p)
                .toList());
    }

    @Override
    public String toString() {
        return Registry.line("erase", probability, minArea, maxArea, minRatio, maxRatio, fill);
    }
}
