package dev.fovea.data.scenes;

/** What is behind everything: two colours in one of several arrangements. */
final class Backdrop {
    private enum Kind {
        GRADIENT,
        CLOUDS,
        HORIZON,
        BANDS,
        TILES
    }

    private final Kind kind;
    private final Colour first;
    private final Colour second;
    private final double cos;
    private final double sin;
    private final double frequency;
    private final double horizon;
    private final double grain;
    private final ValueNoise noise;

    private Backdrop(SplitMix random, double difficulty) {
        kind = random.pick(Kind.values());
        double contrast = 0.1 + 0.35 * difficulty;
        double hue = random.uniform(0, 360);
        double saturation = random.uniform(0.05, 0.3 + 0.3 * difficulty);
        double value = random.uniform(0.25, 0.92);
        double step = random.uniform(0.4, 1) * contrast * (value > 0.58 ? -1 : 1);
        first = Colour.hsv(hue, saturation, value);
        second = Colour.hsv((hue + random.uniform(0, 60)) % 360, random.uniform(0.6, 1.2) * saturation, value + step);
        double angle = kind == Kind.HORIZON ? random.uniform(1.45, 1.7) : random.uniform(0, StrictMath.PI);
        cos = StrictMath.cos(angle);
        sin = StrictMath.sin(angle);
        frequency = random.uniform(3, 6.5);
        horizon = random.uniform(0.35, 0.7);
        grain = random.uniform(0.03, 0.06 + 0.12 * difficulty);
        noise = new ValueNoise(random.next());
    }

    static Backdrop draw(SplitMix random, double difficulty) {
        return new Backdrop(random, difficulty);
    }

    /** The smaller distance of a colour to the two of this backdrop. */
    double distance(Colour colour) {
        return Math.min(colour.distance(first), colour.distance(second));
    }

    /** Writes the colour at a scene point into {@code rgb} at {@code at}; {@code pixel} is the width of a pixel. */
    void paint(double x, double y, double pixel, float[] rgb, int at) {
        double along = (x - 0.5) * cos + (y - 0.5) * sin;
        double across = (y - 0.5) * cos - (x - 0.5) * sin;
        double cloud = noise.rough(x * frequency, y * frequency);
        double share =
                switch (kind) {
                    case GRADIENT -> clamp(along * 0.9 + 0.5);
                    case CLOUDS -> clamp((cloud - 0.5) * 2.2 + 0.5);
                    case HORIZON -> clamp(0.5 + (along + 0.5 - horizon) / pixel) * (0.75 + 0.25 * cloud);
                    case BANDS -> wave(along * frequency, pixel * frequency);
                    case TILES -> {
                        double a = wave(along * frequency * 0.7, pixel * frequency);
                        double b = wave(across * frequency * 0.7, pixel * frequency);
                        yield a * (1 - b) + b * (1 - a);
                    }
                };
        double tone = 1 + grain * (2 * cloud - 1);
        rgb[at] = (float) ((first.red() + (second.red() - first.red()) * share) * tone);
        rgb[at + 1] = (float) ((first.green() + (second.green() - first.green()) * share) * tone);
        rgb[at + 2] = (float) ((first.blue() + (second.blue() - first.blue()) * share) * tone);
    }

    private static double wave(double t, double pixel) {
        return clamp(0.5 + (4 * Math.abs(t - Math.floor(t) - 0.5) - 1) / (4 * pixel));
    }

    private static double clamp(double value) {
        return Math.max(0, Math.min(1, value));
    }
}
