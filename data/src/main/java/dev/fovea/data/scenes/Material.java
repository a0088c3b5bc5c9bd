package dev.fovea.data.scenes;

/** The surface of an item: a named colour, a texture of two shades of it, and an accent colour for details. */
final class Material {
    /** The textures, with the adjective used in captions. */
    enum Texture {
        PLAIN(""),
        STRIPES("striped"),
        CHECKS("checked"),
        DOTS("dotted"),
        MARBLE("marbled"),
        GRADIENT("");

        private final String adjective;

        Texture(String adjective) {
            this.adjective = adjective;
        }

        String adjective() {
            return adjective;
        }
    }

    private final Colour.Named name;
    private final Texture texture;
    private final Colour base;
    private final Colour second;
    private final Colour accent;
    private final double cos;
    private final double sin;
    private final double period;
    private final ValueNoise noise;

    private Material(SplitMix random, Colour.Named name, Colour base, Texture texture) {
        this.name = name;
        this.base = base;
        this.texture = texture;
        boolean lighter = base.luma() < 0.3 || (base.luma() < 0.6 && random.chance(0.35));
        double change = random.uniform(0.4, 0.62);
        second = lighter ? base.mix(new Colour(1, 1, 1), 0.65 - change * 0.6) : base.times(change + 0.1);
        accent = Colour.hsv(random.uniform(0, 360), random.uniform(0.25, 0.8), random.uniform(0.45, 0.95));
        double angle = random.uniform(0, StrictMath.PI);
        cos = StrictMath.cos(angle);
        sin = StrictMath.sin(angle);
        period = random.uniform(0.42, 0.68);
        noise = new ValueNoise(random.next());
    }

    static Material draw(SplitMix random, Colour.Named name, Colour base) {
        return new Material(random, name, base, random.pick(Texture.values()));
    }

    Colour.Named name() {
        return name;
    }

    Texture texture() {
        return texture;
    }

    Colour accent() {
        return accent;
    }

    Colour base() {
        return base;
    }

    Colour second() {
        return second;
    }

    /**
     * How much of the second colour is seen at a point of the figure's frame, 0-1.
     *
     * @param pixel the width of a pixel there, over which edges are softened
     */
    double blend(double u, double v, double pixel) {
        double along = u * cos + v * sin;
        double across = v * cos - u * sin;
        return switch (texture) {
            case PLAIN -> 0;
            case STRIPES -> edge(triangle(along / period), pixel / period);
            case CHECKS -> {
                double a = edge(triangle(along / period), pixel / period);
                double b = edge(triangle(across / period), pixel / period);
                yield a * (1 - b) + b * (1 - a);
            }
            case DOTS -> {
                double a = along / period - Math.floor(along / period) - 0.5;
                double b = across / period - Math.floor(across / period) - 0.5;
                yield clamp(0.5 + (0.3 - Math.sqrt(a * a + b * b)) * period / pixel);
            }
            case MARBLE -> clamp((noise.rough(u * 3.2, v * 3.2) - 0.5) * 2.6 + 0.5);
            case GRADIENT -> clamp(along * 0.5 + 0.5);
        };
    }

    /** A wave between -1 and 1 with period 1 and straight flanks. */
    private static double triangle(double t) {
        return 4 * Math.abs(t - Math.floor(t) - 0.5) - 1;
    }

    /** A hard edge at 0, softened over one pixel. */
    private static double edge(double wave, double pixel) {
        return clamp(0.5 + wave / (4 * pixel));
    }

    private static double clamp(double value) {
        return Math.max(0, Math.min(1, value));
    }
}
