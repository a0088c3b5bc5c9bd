package dev.fovea.data.scenes;

/** A point in the frame of a figure; x to the right, y down. */
record Point(double x, double y) {
    static Point at(double x, double y) {
        return new Point(x, y);
    }
}
