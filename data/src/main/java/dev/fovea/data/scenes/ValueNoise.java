package dev.fovea.data.scenes;

/** Smooth random fields: values on a lattice, interpolated with a cubic ease. */
final class ValueNoise {
    private final long key;

    ValueNoise(long key) {
        this.key = key;
    }

    /** In 0-1, with one bump about every unit. */
    double at(double x, double y) {
        int ix = (int) Math.floor(x);
        int iy = (int) Math.floor(y);
        double fx = ease(x - ix);
        double fy = ease(y - iy);
        double top = corner(ix, iy) * (1 - fx) + corner(ix + 1, iy) * fx;
        double bottom = corner(ix, iy + 1) * (1 - fx) + corner(ix + 1, iy + 1) * fx;
        return top * (1 - fy) + bottom * fy;
    }

    /** Two octaves, in 0-1. */
    double rough(double x, double y) {
        return at(x, y) * 0.68 + at(2.1 * x + 17.3, 2.1 * y + 9.2) * 0.32;
    }

    private double corner(int x, int y) {
        long hash = SplitMix.mix(key ^ (x * 0x9E3779B97F4A7C15L) ^ (y * 0xC2B2AE3D27D4EB4FL));
        return (hash >>> 40) * 0x1.0p-24;
    }

    private static double ease(double t) {
        return t * t * (3 - 2 * t);
    }
}
