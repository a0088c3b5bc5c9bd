package dev.fovea.data.scenes;

/** An affine frame within a figure's own: texture on a face of a solid follows the face. */
record Frame(double a, double b, double c, double d, double e, double f) {
    /** The figure's own frame. */
    static final Frame OWN = new Frame(1, 0, 0, 0, 1, 0);

    private static final double HALF = 0.7;

    /** The frame in which three corners of a parallelogram are at (-0.7, -0.7), (0.7, -0.7) and (-0.7, 0.7). */
    static Frame of(Point origin, Point right, Point down) {
        double rx = (right.x() - origin.x()) / (2 * HALF);
        double ry = (right.y() - origin.y()) / (2 * HALF);
        double dx = (down.x() - origin.x()) / (2 * HALF);
        double dy = (down.y() - origin.y()) / (2 * HALF);
        double det = rx * dy - ry * dx;
        return new Frame(
                dy / det,
                -dx / det,
                (dx * origin.y() - dy * origin.x()) / det - HALF,
                -ry / det,
                rx / det,
                (ry * origin.x() - rx * origin.y()) / det - HALF);
    }

    double u(double x, double y) {
        return a * x + b * y + c;
    }

    double v(double x, double y) {
        return d * x + e * y + f;
    }
}
