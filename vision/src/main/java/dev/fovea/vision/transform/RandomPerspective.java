package dev.fovea.vision.transform;

import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.random.RandomGenerator;

/**
 * With some probability, sees the picture from a random angle: each corner moves inwards by up to {@code distortion}
 * times half the width and height. Sampling as in torchvision, but draws whose corners are not convex (possible above
 * 0.5) are repeated, since they throw a part of the picture to infinity. Boxes, masks and points follow the perspective
 * exactly; the picture's geometry, which is affine, follows its tangent at the centre.
 *
 * @param distortion 0-1
 * @param fill grey level of what comes from outside, 0-255
 */
public record RandomPerspective(double distortion, double probability, int fill) implements Transform {
    private static final int TRIES = 10;

    public RandomPerspective {
        Chance.requireRange("perspective", "distortion", distortion, 0, 1);
        Chance.requireProbability("perspective", probability);
        Chance.requireRange("perspective", "fill", fill, 0, 255);
    }

    @Override
    public Picture apply(Picture picture, RandomGenerator random) {
        Size size = picture.image().size();
        int w = size.width();
        int h = size.height();
        if (!Chance.happens(probability, random) || w < 2 || h < 2) {
            return picture;
        }
        for (int attempt = 0; attempt < TRIES; attempt++) {
            double[][] corners = corners(w, h, random);
            if (isConvex(corners)) {
                double[][] start = {{0, 0}, {w - 1, 0}, {w - 1, h - 1}, {0, h - 1}};
                Warp back = Maps.perspective(start, corners, size);
                return PixelWarp.apply(picture, back, size, PixelWarp.Filter.BILINEAR, fill);
            }
        }
        return picture;
    }

    /** Where the corners go: top left, top right, bottom right, bottom left. */
    private double[][] corners(int w, int h, RandomGenerator random) {
        int halfWidth = w / 2;
        int halfHeight = h / 2;
        int reachX = (int) (distortion * halfWidth);
        int reachY = (int) (distortion * halfHeight);
        double[][] corners = new double[4][];
        for (int i = 0; i < 4; i++) {
            int x = random.nextInt(reachX + 1);
            int y = random.nextInt(reachY + 1);
            corners[i] = new double[] {i == 1 || i == 2 ? w - 1 - x : x, i >= 2 ? h - 1 - y : y};
        }
        return corners;
    }

    private static boolean isConvex(double[][] p) {
        for (int i = 0; i < 4; i++) {
            double[] a = p[i];
            double[] b = p[(i + 1) % 4];
            double[] c = p[(i + 2) % 4];
            if ((b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0]) <= 0) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return Registry.line("perspective", distortion, probability, fill);
    }
}
