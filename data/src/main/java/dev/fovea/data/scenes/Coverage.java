package dev.fovea.data.scenes;

import dev.fovea.vision.Size;
import java.util.List;

/**
 * How much of each pixel a figure covers, exactly: edges add their signed area to the pixels they pass, a running sum
 * along each row makes coverage of it (the method of Levien's font-rs). The buffer spans the figure's bounds and may
 * reach beyond the picture.
 */
final class Coverage {
    final int left;
    final int top;
    final int width;
    final int height;
    final float[] share;

    private Coverage(int left, int top, int width, int height) {
        this.left = left;
        this.top = top;
        this.width = width;
        this.height = height;
        this.share = new float[width * height];
    }

    /** Of contours in the frame of a pose, in a picture, with a free margin of some pixels around. */
    static Coverage of(List<Contour> contours, Pose pose, Size size, int margin) {
        double scale = Math.min(size.width(), size.height());
        double[][] polygons = new double[contours.size()][];
        double minX = Double.MAX_VALUE;
        double minY = Double.MAX_VALUE;
        double maxX = -Double.MAX_VALUE;
        double maxY = -Double.MAX_VALUE;
        for (int c = 0; c < polygons.length; c++) {
            polygons[c] = project(contours.get(c), pose, scale);
            for (int i = 0; i < polygons[c].length; i += 2) {
                minX = Math.min(minX, polygons[c][i]);
                maxX = Math.max(maxX, polygons[c][i]);
                minY = Math.min(minY, polygons[c][i + 1]);
                maxY = Math.max(maxY, polygons[c][i + 1]);
            }
        }
        int left = (int) Math.floor(minX) - margin;
        int top = (int) Math.floor(minY) - margin;
        // one more column takes what an edge in the last pixel hands to its right neighbour
        var coverage = new Coverage(
                left, top, (int) Math.floor(maxX) + margin + 2 - left, (int) Math.floor(maxY) + margin + 1 - top);
        for (double[] polygon : polygons) {
            int last = polygon.length - 2;
            double ax = polygon[last] - left;
            double ay = polygon[last + 1] - top;
            for (int i = 0; i < polygon.length; i += 2) {
                double bx = polygon[i] - left;
                double by = polygon[i + 1] - top;
                coverage.edge(ax, ay, bx, by);
                ax = bx;
                ay = by;
            }
        }
        coverage.sum();
        return coverage;
    }

    /** The points of a contour in pixels, as x, y. */
    static double[] project(Contour contour, Pose pose, double scale) {
        double[] xy = new double[2 * contour.points()];
        for (int i = 0; i < contour.points(); i++) {
            xy[2 * i] = pose.x(contour.x(i), contour.y(i)) * scale;
            xy[2 * i + 1] = pose.y(contour.x(i), contour.y(i)) * scale;
        }
        return xy;
    }

    /** The share of a picture's pixel, 0-1; 0 outside the buffer. */
    float at(int x, int y) {
        int column = x - left;
        int row = y - top;
        return column < 0 || row < 0 || column >= width || row >= height ? 0 : share[row * width + column];
    }

    /** This coverage after two box blurs of the given radius, which must not exceed half the margin. */
    Coverage blurred(int radius) {
        var result = new Coverage(left, top, width, height);
        float[] scratch = new float[share.length];
        boxRows(share, scratch, radius);
        boxRows(scratch, result.share, radius);
        boxColumns(result.share, scratch, radius);
        boxColumns(scratch, result.share, radius);
        return result;
    }

    private void edge(double ax, double ay, double bx, double by) {
        if (ay == by) {
            return;
        }
        double sign = ay < by ? 1 : -1;
        double x0 = sign > 0 ? ax : bx;
        double y0 = sign > 0 ? ay : by;
        double y1 = sign > 0 ? by : ay;
        double slope = (bx - ax) / (by - ay);
        for (int row = (int) Math.floor(y0); row < y1; row++) {
            double from = Math.max(y0, row);
            double to = Math.min(y1, row + 1);
            double xa = x0 + (from - y0) * slope;
            double xb = x0 + (to - y0) * slope;
            span(row * width, Math.min(xa, xb), Math.max(xa, xb), sign * (to - from));
        }
    }

    /** A piece of an edge within one row, {@code rise} high. */
    private void span(int start, double low, double high, double rise) {
        int first = (int) low;
        int last = (int) high;
        if (first == last) {
            double beyond = (low + high) / 2 - first;
            share[start + first] += (float) (rise * (1 - beyond));
            share[start + first + 1] += (float) (rise * beyond);
            return;
        }
        double each = rise / (high - low);
        for (int column = first; column <= last; column++) {
            double from = Math.max(low, column);
            double to = Math.min(high, column + 1);
            double part = (to - from) * each;
            double beyond = (from + to) / 2 - column;
            share[start + column] += (float) (part * (1 - beyond));
            share[start + column + 1] += (float) (part * beyond);
        }
    }

    private void sum() {
        for (int row = 0; row < height; row++) {
            float total = 0;
            for (int i = row * width; i < (row + 1) * width; i++) {
                total += share[i];
                share[i] = Math.min(1, Math.abs(total));
            }
        }
    }

    private void boxRows(float[] from, float[] to, int radius) {
        float weight = 1f / (2 * radius + 1);
        for (int row = 0; row < height; row++) {
            box(from, to, row * width, 1, width, radius, weight);
        }
    }

    private void boxColumns(float[] from, float[] to, int radius) {
        float weight = 1f / (2 * radius + 1);
        for (int column = 0; column < width; column++) {
            box(from, to, column, width, height, radius, weight);
        }
    }

    private static void box(float[] from, float[] to, int start, int step, int count, int radius, float weight) {
        float total = 0;
        for (int i = 0; i < Math.min(radius, count); i++) {
            total += from[start + i * step];
        }
        for (int i = 0; i < count; i++) {
            if (i + radius < count) {
                total += from[start + (i + radius) * step];
            }
            if (i - radius - 1 >= 0) {
                total -= from[start + (i - radius - 1) * step];
            }
            to[start + i * step] = total * weight;
        }
    }
}
