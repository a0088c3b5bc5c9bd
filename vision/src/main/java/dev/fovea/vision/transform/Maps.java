package dev.fovea.vision.transform;

import dev.fovea.vision.Size;

/**
 * The geometric maps of the field with the conventions of torchvision 0.14. Each method gives the <em>way back</em>,
 * from the new image to the old one, which is what {@link PixelWarp} walks along; {@link Warp#inverse} turns it into
 * the way there, along which annotations move. Angles are in degrees.
 */
public final class Maps {
    private Maps() {}

    /** A rotation counter-clockwise about a point of the old image, in pixels. */
    public static Warp rotation(double degrees, double centreX, double centreY, Size old) {
        double angle = -Math.toRadians(degrees);
        double cos = cut(Math.cos(angle));
        double sin = cut(Math.sin(angle));
        return Warp.affine(
                cos,
                sin,
                centreX - cos * centreX - sin * centreY,
                -sin,
                cos,
                centreY + sin * centreX - cos * centreY,
                old);
    }

    /** Cut to 15 decimals, so that a quarter turn is exact. */
    private static double cut(double value) {
        return Math.rint(value * 1e15) / 1e15;
    }

    /** The smallest frame that holds an image turned by {@code back}, as Pillow's {@code expand} finds it. */
    public static Size expanded(Warp back, Size old) {
        int[] xs = new int[2];
        int[] ys = new int[2];
        for (int axis = 0; axis < 2; axis++) {
            double low = Double.POSITIVE_INFINITY;
            double high = Double.NEGATIVE_INFINITY;
            for (int corner = 0; corner < 4; corner++) {
                double value = back.map((corner & 1) * old.width(), (corner >> 1) * old.height())[axis];
                low = Math.min(low, value);
                high = Math.max(high, value);
            }
            (axis == 0 ? xs : ys)[0] = (int) Math.floor(low);
            (axis == 0 ? xs : ys)[1] = (int) Math.ceil(high);
        }
        return new Size(Math.max(1, ys[1] - ys[0]), Math.max(1, xs[1] - xs[0]));
    }

    /** A way back whose new image is larger by equal margins on both sides. */
    public static Warp centred(Warp back, Size old, Size enlarged) {
        double marginX = (enlarged.width() - old.width()) / 2.0;
        double marginY = (enlarged.height() - old.height()) / 2.0;
        double[] origin = back.map(-marginX, -marginY);
        return Warp.affine(back.a(), back.b(), origin[0], back.d(), back.e(), origin[1], old);
    }

    /**
     * Shear, scale and rotation (clockwise) about a centre, then a shift, as torchvision's {@code affine} composes
     * them.
     *
     * @param scale more than 0
     * @param shearX how far vertical lines lean
     */
    public static Warp affine(
            double degrees,
            double shiftX,
            double shiftY,
            double scale,
            double shearX,
            double shearY,
            double centreX,
            double centreY,
            Size old) {
        if (!(scale > 0)) {
            throw new IllegalArgumentException("affine: scale must be more than 0, got " + scale);
        }
        double angle = Math.toRadians(degrees);
        double leanX = Math.toRadians(shearX);
        double leanY = Math.toRadians(shearY);
        double cos = Math.cos(angle - leanY) / Math.cos(leanY);
        double sin = Math.sin(angle - leanY) / Math.cos(leanY);
        double a = (-sin * Math.tan(leanX) + Math.cos(angle)) / scale;
        double b = (cos * Math.tan(leanX) + Math.sin(angle)) / scale;
        double d = -sin / scale;
        double e = cos / scale;
        double x = -centreX - shiftX;
        double y = -centreY - shiftY;
        return Warp.affine(a, b, a * x + b * y + centreX, d, e, d * x + e * y + centreY, old);
    }

    /**
     * The perspective under which four points of the old image land on four points of the new one.
     *
     * @param start x and y of the points in the old image
     * @param end x and y of the points in the new image
     * @throws IllegalArgumentException if three of the points lie on a line
     */
    public static Warp perspective(double[][] start, double[][] end, Size old) {
        if (start.length != 4 || end.length != 4) {
            throw new IllegalArgumentException(
                    "a perspective needs 4 points and 4 points, got " + start.length + " and " + end.length);
        }
        double[][] rows = new double[8][];
        for (int i = 0; i < 4; i++) {
            double x = end[i][0];
            double y = end[i][1];
            double u = start[i][0];
            double v = start[i][1];
            rows[2 * i] = new double[] {x, y, 1, 0, 0, 0, -u * x, -u * y, u};
            rows[2 * i + 1] = new double[] {0, 0, 0, x, y, 1, -v * x, -v * y, v};
        }
        double[] k = solve(rows);
        return new Warp(k[0], k[1], k[2], k[3], k[4], k[5], k[6], k[7], old);
    }

    /** Gaussian elimination with row exchange; each row ends with its right-hand side. */
    private static double[] solve(double[][] rows) {
        int n = rows.length;
        for (int column = 0; column < n; column++) {
            int best = column;
            for (int r = column + 1; r < n; r++) {
                if (Math.abs(rows[r][column]) > Math.abs(rows[best][column])) {
                    best = r;
                }
            }
            double[] pivot = rows[best];
            rows[best] = rows[column];
            rows[column] = pivot;
            if (Math.abs(pivot[column]) < 1e-9) {
                throw new IllegalArgumentException("no perspective leads through these points: three lie on a line");
            }
            for (int r = 0; r < n; r++) {
                double factor = r == column ? 0 : rows[r][column] / pivot[column];
                for (int j = column; factor != 0 && j <= n; j++) {
                    rows[r][j] -= factor * pivot[j];
                }
            }
        }
        double[] solution = new double[n];
        for (int i = 0; i < n; i++) {
            solution[i] = rows[i][n] / rows[i][i];
        }
        return solution;
    }
}
