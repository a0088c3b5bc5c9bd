package dev.fovea.vision;

import java.util.Arrays;

/**
 * Which pixels a polygon covers, by the rule of the COCO tools: its border is walked in steps of a fifth of a pixel, and
 * wherever the walk crosses the middle of a column of pixels, the column changes between outside and inside.
 */
final class PolygonRuns {
    private static final int FINE = 5;

    private static final double FARTHEST = 1e7;

    /** A walk this long is no outline of a picture. */
    private static final long MOST_STEPS = 1L << 28;

    private final Size size;
    private int[] changes = new int[64];
    private int count;
    private long steps;
    private int lastX;
    private int lastY;
    private boolean started;

    private PolygonRuns(Size size) {
        this.size = size;
    }

    static Rle of(Size size, double[] polygon) {
        if (polygon.length < 6 || polygon.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "a polygon needs at least 3 points as x, y pairs, got " + polygon.length + " numbers");
        }
        int points = polygon.length / 2;
        int[] x = new int[points + 1];
        int[] y = new int[points + 1];
        for (int i = 0; i < points; i++) {
            x[i] = fine(polygon[2 * i]);
            y[i] = fine(polygon[2 * i + 1]);
        }
        x[points] = x[0];
        y[points] = y[0];
        var runs = new PolygonRuns(size);
        for (int i = 0; i < points; i++) {
            runs.edge(x[i], y[i], x[i + 1], y[i + 1]);
        }
        return Rle.ofChanges(size, Arrays.copyOf(runs.changes, runs.count));
    }

    private static int fine(double at) {
        if (!(Math.abs(at) <= FARTHEST)) {
            throw new IllegalArgumentException("a polygon cannot have a point at " + at);
        }
        return (int) (FINE * at + 0.5);
    }

    /** Walks along an edge; the rounding does not depend on the direction in which the edge is given. */
    private void edge(int x1, int y1, int x2, int y2) {
        int dx = Math.abs(x2 - x1);
        int dy = Math.abs(y2 - y1);
        steps += Math.max(dx, dy);
        if (steps > MOST_STEPS) {
            throw new IllegalArgumentException("a polygon has too long an outline for an image of " + size);
        }
        boolean flat = dx >= dy;
        boolean back = flat ? x1 > x2 : y1 > y2;
        int fromX = back ? x2 : x1;
        int fromY = back ? y2 : y1;
        double slope = flat
                ? (dx == 0 ? 0 : (back ? y1 - y2 : y2 - y1) / (double) dx)
                : (back ? x1 - x2 : x2 - x1) / (double) dy;
        int length = flat ? dx : dy;
        for (int i = 0; i <= length; i++) {
            int t = back ? length - i : i;
            if (flat) {
                step(t + fromX, (int) (fromY + slope * t + 0.5));
            } else {
                step((int) (fromX + slope * t + 0.5), t + fromY);
            }
        }
    }

    private void step(int x, int y) {
        if (started && x != lastX) {
            double column = ((x < lastX ? x : x - 1) + 0.5) / FINE - 0.5;
            if (column == Math.floor(column) && column >= 0 && column <= size.width() - 1) {
                double row = (Math.min(y, lastY) + 0.5) / FINE - 0.5;
                change(((int) column) * size.height() + (int) Math.ceil(Math.max(0, Math.min(size.height(), row))));
            }
        }
        started = true;
        lastX = x;
        lastY = y;
    }

    private void change(int place) {
        changes = count == changes.length ? Arrays.copyOf(changes, 2 * count) : changes;
        changes[count++] = place;
    }
}
