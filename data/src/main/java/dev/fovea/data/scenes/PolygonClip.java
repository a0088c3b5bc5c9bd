package dev.fovea.data.scenes;

import dev.fovea.vision.Size;
import java.util.Arrays;

/** Cuts polygons to a picture (Sutherland and Hodgman 1974, "Reentrant polygon clipping"). */
final class PolygonClip {
    private PolygonClip() {}

    /** A polygon as x, y in pixels without what lies outside; empty if nothing is left. */
    static double[] toPicture(double[] polygon, Size size) {
        double[] cut = halfPlane(polygon, 0, 1, 0);
        cut = halfPlane(cut, 0, -1, -size.width());
        cut = halfPlane(cut, 1, 1, 0);
        return halfPlane(cut, 1, -1, -size.height());
    }

    /** Keeps the points whose coordinate on the axis times the sign is at least the bound. */
    private static double[] halfPlane(double[] polygon, int axis, int sign, double bound) {
        double[] kept = new double[2 * polygon.length];
        int length = 0;
        for (int i = 0; i < polygon.length; i += 2) {
            int before = i == 0 ? polygon.length - 2 : i - 2;
            double a = sign * polygon[before + axis] - bound;
            double b = sign * polygon[i + axis] - bound;
            if (a >= 0 != b >= 0) {
                double t = a / (a - b);
                kept[length + axis] = sign * bound; // exactly, whatever rounding says
                int other = 1 - axis;
                kept[length + other] = polygon[before + other] + t * (polygon[i + other] - polygon[before + other]);
                length += 2;
            }
            if (b >= 0) {
                kept[length++] = polygon[i];
                kept[length++] = polygon[i + 1];
            }
        }
        return Arrays.copyOf(kept, length);
    }
}
