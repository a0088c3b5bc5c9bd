package dev.fovea.vision;

/**
 * Where the pixels of a prepared image came from: the original's size and the affine map from original to prepared
 * pixel coordinates, {@code x' = a x + b y + c, y' = d x + e y + f}. Every sample carries its own, so that what a network
 * finds can be given in pixels of the original.
 */
public record Geometry(Size original, double a, double b, double c, double d, double e, double f) {
    /** The image as it was read. */
    public static Geometry identity(Size original) {
        return new Geometry(original, 1, 0, 0, 0, 1, 0);
    }

    /** This map followed by another affine map of prepared coordinates. */
    public Geometry then(double na, double nb, double nc, double nd, double ne, double nf) {
        return new Geometry(
                original,
                na * a + nb * d,
                na * b + nb * e,
                na * c + nb * f + nc,
                nd * a + ne * d,
                nd * b + ne * e,
                nd * c + ne * f + nf);
    }

    /** This map followed by a scale and a shift. */
    public Geometry thenScale(double scaleX, double scaleY, double shiftX, double shiftY) {
        return then(scaleX, 0, shiftX, 0, scaleY, shiftY);
    }

    /** The point of the original that lies at a prepared point, as {@code {x, y}}. */
    public double[] toOriginal(double x, double y) {
        double det = a * e - b * d;
        if (det == 0) {
            throw new IllegalStateException("geometry cannot be inverted: " + this);
        }
        double dx = x - c;
        double dy = y - f;
        return new double[] {(e * dx - b * dy) / det, (a * dy - d * dx) / det};
    }
}
