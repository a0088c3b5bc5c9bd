package dev.fovea.vision.draw;

/** A colour, 0-255 each. */
public record Colour(int red, int green, int blue) {
    public static final Colour BLACK = new Colour(0, 0, 0);
    public static final Colour WHITE = new Colour(255, 255, 255);

    /**
     * The colour of a class: the same in every picture, and far from those of its neighbours, since the hue turns by
     * the golden ratio with each index and the lightness alternates.
     */
    public static Colour ofClass(int index) {
        double hue = 6 * frac(0.02 + index * 0.6180339887498949);
        double value = 1 - 0.25 * ((index / 7) % 3) / 2.0;
        double saturation = 0.85 - 0.35 * ((index / 3) % 2);
        double[] rgb = new double[3];
        for (int c = 0; c < 3; c++) {
            double distance = Math.abs(frac((hue + 6 - 2 * c) / 6 + 0.5) * 6 - 3);
            double pure = Math.max(0, Math.min(1, 2 - distance));
            rgb[c] = 255 * value * (1 - saturation * (1 - pure));
        }
        return new Colour((int) Math.round(rgb[0]), (int) Math.round(rgb[1]), (int) Math.round(rgb[2]));
    }

    private static double frac(double x) {
        return x - Math.floor(x);
    }

    /** Black or white, whichever is easier to read on this colour. */
    public Colour ink() {
        return 299 * red + 587 * green + 114 * blue > 140_000 ? BLACK : WHITE;
    }
}
