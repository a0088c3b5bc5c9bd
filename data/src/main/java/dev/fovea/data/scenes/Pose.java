package dev.fovea.data.scenes;

/**
 * Where a figure stands: a projective map from its own frame to the scene, and back. Scene coordinates have x to the
 * right, y down, the shorter side of the picture is 1.
 */
final class Pose {
    private final double[] forward;
    private final double[] inverse;
    private final double radius;

    private Pose(double[] forward, double radius) {
        this.forward = forward;
        this.inverse = adjugate(forward);
        this.radius = radius;
    }

    /**
     * A figure put at (cx, cy) with its unit scaled to {@code radius}, turned clockwise by {@code angle} radians, first
     * mirrored if {@code mirror}, sheared, and tilted away by up to a few tenths in x and y.
     */
    static Pose of(
            double cx,
            double cy,
            double radius,
            double angle,
            boolean mirror,
            double shear,
            double tiltX,
            double tiltY) {
        double cos = StrictMath.cos(angle) * radius;
        double sin = StrictMath.sin(angle) * radius;
        double flip = mirror ? -1 : 1;
        // rotation * shear * mirror, then the perspective division by 1 + tilt.(u, v), about the object's centre
        double a = cos * flip;
        double b = cos * shear - sin;
        double d = sin * flip;
        double e = sin * shear + cos;
        return new Pose(
                new double[] {a + cx * tiltX, b + cx * tiltY, cx, d + cy * tiltX, e + cy * tiltY, cy, tiltX, tiltY, 1},
                radius);
    }

    double centreX() {
        return forward[2];
    }

    double centreY() {
        return forward[5];
    }

    /** Of the figure's unit circle, before tilt and shear. */
    double radius() {
        return radius;
    }

    double x(double u, double v) {
        return (forward[0] * u + forward[1] * v + forward[2]) / (forward[6] * u + forward[7] * v + forward[8]);
    }

    double y(double u, double v) {
        return (forward[3] * u + forward[4] * v + forward[5]) / (forward[6] * u + forward[7] * v + forward[8]);
    }

    double u(double x, double y) {
        return (inverse[0] * x + inverse[1] * y + inverse[2]) / (inverse[6] * x + inverse[7] * y + inverse[8]);
    }

    double v(double x, double y) {
        return (inverse[3] * x + inverse[4] * y + inverse[5]) / (inverse[6] * x + inverse[7] * y + inverse[8]);
    }

    private static double[] adjugate(double[] m) {
        return new double[] {
            m[4] * m[8] - m[5] * m[7], m[2] * m[7] - m[1] * m[8], m[1] * m[5] - m[2] * m[4],
            m[5] * m[6] - m[3] * m[8], m[0] * m[8] - m[2] * m[6], m[2] * m[3] - m[0] * m[5],
            m[3] * m[7] - m[4] * m[6], m[1] * m[6] - m[0] * m[7], m[0] * m[4] - m[1] * m[3]
        };
    }
}
