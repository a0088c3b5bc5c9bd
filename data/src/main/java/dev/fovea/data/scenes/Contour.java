package dev.fovea.data.scenes;

import static dev.fovea.data.scenes.Point.at;

import java.util.Arrays;

/**
 * A closed polygon under construction in an object's own frame: x to the right, y down, the object within about one unit
 * of the origin. Curves are flattened finely enough for pictures of 512 pixels.
 */
final class Contour {
    private static final int CURVE_STEPS = 14;
    private double[] xy = new double[64];
    private int length;

    private Contour() {}

    static Contour from(double x, double y) {
        return new Contour().line(x, y);
    }

    static Contour empty() {
        return new Contour();
    }

    static Contour polygon(double... points) {
        var contour = new Contour();
        for (int i = 0; i < points.length; i += 2) {
            contour.line(points[i], points[i + 1]);
        }
        return contour;
    }

    static Contour ellipse(double cx, double cy, double rx, double ry) {
        var contour = new Contour().arc(cx, cy, rx, ry, 0, 2 * StrictMath.PI);
        contour.length -= 2; // the arc ends where it began
        return contour;
    }

    static Contour through(Point... points) {
        var contour = new Contour();
        for (var point : points) {
            contour.line(point.x(), point.y());
        }
        return contour;
    }

    /** A straight bar between two points, as wide there as given. */
    static Contour bar(Point from, Point to, double fromWidth, double toWidth) {
        double dx = to.x() - from.x();
        double dy = to.y() - from.y();
        double norm = 2 * Math.sqrt(dx * dx + dy * dy);
        double nx = -dy / norm;
        double ny = dx / norm;
        return through(
                at(from.x() + nx * fromWidth, from.y() + ny * fromWidth),
                at(to.x() + nx * toWidth, to.y() + ny * toWidth),
                at(to.x() - nx * toWidth, to.y() - ny * toWidth),
                at(from.x() - nx * fromWidth, from.y() - ny * fromWidth));
    }

    Contour line(double x, double y) {
        if (length == xy.length) {
            xy = Arrays.copyOf(xy, 2 * length);
        }
        xy[length++] = x;
        xy[length++] = y;
        return this;
    }

    /** A quadratic Bézier curve from the last point. */
    Contour quad(double cx, double cy, double x, double y) {
        double x0 = xy[length - 2];
        double y0 = xy[length - 1];
        return cubic(x0 + (cx - x0) * 2 / 3, y0 + (cy - y0) * 2 / 3, x + (cx - x) * 2 / 3, y + (cy - y) * 2 / 3, x, y);
    }

    /** A cubic Bézier curve from the last point. */
    Contour cubic(double c1x, double c1y, double c2x, double c2y, double x, double y) {
        double x0 = xy[length - 2];
        double y0 = xy[length - 1];
        for (int i = 1; i <= CURVE_STEPS; i++) {
            double t = (double) i / CURVE_STEPS;
            double s = 1 - t;
            double b0 = s * s * s;
            double b1 = 3 * s * s * t;
            double b2 = 3 * s * t * t;
            double b3 = t * t * t;
            line(b0 * x0 + b1 * c1x + b2 * c2x + b3 * x, b0 * y0 + b1 * c1y + b2 * c2y + b3 * y);
        }
        return this;
    }

    /** Points on an ellipse from one angle to another (radians, 0 to the right, growing clockwise on the screen). */
    Contour arc(double cx, double cy, double rx, double ry, double from, double to) {
        int steps = Math.max(3, (int) Math.ceil(Math.abs(to - from) / (2 * StrictMath.PI) * 48));
        for (int i = 0; i <= steps; i++) {
            double angle = from + (to - from) * i / steps;
            line(cx + rx * StrictMath.cos(angle), cy + ry * StrictMath.sin(angle));
        }
        return this;
    }

    /** All points so far mirrored at the vertical axis and appended in reverse order: closes a symmetric shape. */
    Contour mirrored() {
        for (int i = length - 2; i >= 0; i -= 2) {
            if (xy[i] != 0) {
                line(-xy[i], xy[i + 1]);
            }
        }
        return this;
    }

    /** The same polygon with its orientation as wanted; holes run against their surroundings. */
    Contour oriented(boolean positive) {
        double area = 0;
        for (int i = 0; i < length; i += 2) {
            int j = (i + 2) % length;
            area += xy[i] * xy[j + 1] - xy[j] * xy[i + 1];
        }
        if (area > 0 == positive) {
            return this;
        }
        var reversed = new Contour();
        for (int i = length - 2; i >= 0; i -= 2) {
            reversed.line(xy[i], xy[i + 1]);
        }
        return reversed;
    }

    int points() {
        return length / 2;
    }

    double x(int point) {
        return xy[2 * point];
    }

    double y(int point) {
        return xy[2 * point + 1];
    }
}
