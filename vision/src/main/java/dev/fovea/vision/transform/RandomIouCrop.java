package dev.fovea.vision.transform;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A random part of the picture that some object overlaps well, as SSD was trained (Liu et al. 2015, arXiv 1512.02325):
 * a least overlap is drawn, or the whole picture; then parts are tried until an object whose centre lies in it has at
 * least that IoU with it. Objects whose centre is outside are dropped, the others clipped. Sampling as in torchvision.
 *
 * @param minScale smallest share of width and of height, above 0
 * @param maxScale largest share of both, at most 1
 * @param minRatio smallest width over height
 */
public record RandomIouCrop(double minScale, double maxScale, double minRatio, double maxRatio) implements Transform {
    private static final double[] OVERLAPS = {0, 0.1, 0.3, 0.5, 0.7, 0.9, 1};
    private static final int TRIES = 40;
    private static final int MOST_ROUNDS = 50;

    public RandomIouCrop {
        Chance.requireRange("ioucrop", "minScale", minScale, 0.01, 1);
        Chance.requireRange("ioucrop", "maxScale", maxScale, 0.01, 1);
        Chance.requireOrdered("ioucrop", "scale", minScale, maxScale);
        Chance.requireRange("ioucrop", "minRatio", minRatio, 0.01, 100);
        Chance.requireRange("ioucrop", "maxRatio", maxRatio, 0.01, 100);
        Chance.requireOrdered("ioucrop", "ratio", minRatio, maxRatio);
    }

    /** The ranges of the paper: 0.3 to 1 of each side, ratio 1:2 to 2:1. */
    public static RandomIouCrop ssd() {
        return new RandomIouCrop(0.3, 1, 0.5, 2);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        List<Instance> objects = picture.annotation().instances();
        if (objects.isEmpty()) {
            return picture;
        }
        for (int round = 0; round < MOST_ROUNDS; round++) {
            double least = OVERLAPS[random.nextInt(OVERLAPS.length)];
            if (least >= 1) {
                return picture;
            }
            for (int attempt = 0; attempt < TRIES; attempt++) {
                Frame part = draw(picture.image().size(), random);
                if (part == null) {
                    continue;
                }
                List<Instance> inside =
                        objects.stream().filter(o -> holdsCentre(part, o.box())).toList();
                Box edge = Box.ofCorner(
                        part.x(), part.y(), part.size().width(), part.size().height());
                if (inside.stream().anyMatch(o -> o.box().iou(edge) >= least)) {
                    return cut(picture, part, inside);
                }
            }
        }
        return picture;
    }

    /** A part, or null if its shape is not allowed. */
    private Frame draw(Size image, RandomGenerator random) {
        int w = (int) (image.width() * Chance.between(minScale, maxScale, random));
        int h = (int) (image.height() * Chance.between(minScale, maxScale, random));
        double x = random.nextDouble();
        double y = random.nextDouble();
        if (w < 1 || h < 1 || w < minRatio * h || w > maxRatio * h) {
            return null;
        }
        return new Frame((int) ((image.width() - w) * x), (int) ((image.height() - h) * y), new Size(h, w));
    }

    private static boolean holdsCentre(Frame part, Box box) {
        double cx = (box.x1() + (double) box.x2()) / 2;
        double cy = (box.y1() + (double) box.y2()) / 2;
        return cx > part.x()
                && cx < part.x() + part.size().width()
                && cy > part.y()
                && cy < part.y() + part.size().height();
    }

    private static Picture cut(Picture picture, Frame part, List<Instance> inside) {
        Annotation kept = picture.annotation().withInstances(inside);
        return part.warp().apply(new Picture(picture.image(), kept, picture.geometry()), part.cut(picture.image(), 0));
    }

    @Override
    public String toString() {
        return Registry.line("ioucrop", minScale, maxScale, minRatio, maxRatio);
    }
}
