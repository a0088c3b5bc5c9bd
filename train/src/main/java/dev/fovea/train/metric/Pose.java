package dev.fovea.train.metric;

import java.util.Arrays;

/** The key points of one object, with its box; immutable. */
public final class Pose {
    private final Rect box;
    private final double[] triples;

    private Pose(Rect box, double[] triples) {
        this.box = box;
        this.triples = triples;
    }

    /**
     * An object's points.
     *
     * @param triples x, y and visibility of each point, 0 where it is not labelled
     */
    public static Pose of(Rect box, double... triples) {
        if (triples.length % 3 != 0) {
            throw new IllegalArgumentException("key points are x, y, visibility; got " + triples.length + " numbers");
        }
        return new Pose(box, triples.clone());
    }

    /** Points that were found, with the box around all of them. */
    public static Pose found(double... triples) {
        double left = Double.POSITIVE_INFINITY;
        double top = Double.POSITIVE_INFINITY;
        double right = Double.NEGATIVE_INFINITY;
        double bottom = Double.NEGATIVE_INFINITY;
        for (int i = 0; i + 2 < triples.length; i += 3) {
            left = Math.min(left, triples[i]);
            right = Math.max(right, triples[i]);
            top = Math.min(top, triples[i + 1]);
            bottom = Math.max(bottom, triples[i + 1]);
        }
        return of(new Rect(left, top, right - left, bottom - top), triples);
    }

    public Rect box() {
        return box;
    }

    /** The number of points, labelled or not. */
    public int points() {
        return triples.length / 3;
    }

    public double x(int point) {
        return triples[3 * point];
    }

    public double y(int point) {
        return triples[3 * point + 1];
    }

    public boolean isLabelled(int point) {
        return triples[3 * point + 2] > 0;
    }

    /** The number of labelled points. */
    public int labelled() {
        int count = 0;
        for (int i = 0; i < points(); i++) {
            count += isLabelled(i) ? 1 : 0;
        }
        return count;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof Pose other && box.equals(other.box) && Arrays.equals(triples, other.triples);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(triples);
    }
}
