package dev.fovea.data.scenes;

import java.util.Locale;

/** An sRGB colour, each part 0-1. */
record Colour(float red, float green, float blue) {
    /** Colours that have a name in captions, as ranges of hue in degrees, saturation and value. */
    enum Named {
        RED(354, 366, 0.78, 0.95, 0.68, 0.95),
        ORANGE(22, 32, 0.8, 0.95, 0.85, 1),
        YELLOW(48, 56, 0.7, 0.95, 0.88, 1),
        GREEN(100, 145, 0.5, 0.85, 0.42, 0.75),
        TURQUOISE(170, 182, 0.55, 0.85, 0.65, 0.85),
        BLUE(212, 230, 0.65, 0.9, 0.55, 0.95),
        PURPLE(268, 285, 0.45, 0.75, 0.45, 0.75),
        PINK(325, 340, 0.35, 0.55, 0.9, 1),
        BROWN(20, 28, 0.55, 0.72, 0.34, 0.5),
        WHITE(0, 360, 0, 0.05, 0.92, 1),
        GREY(0, 360, 0, 0.06, 0.45, 0.62),
        BLACK(0, 360, 0, 0.15, 0.12, 0.2);

        @SuppressWarnings("ImmutableEnumChecker") // private and never written
        private final double[] range;

        Named(double... range) {
            this.range = range;
        }

        Colour draw(SplitMix random) {
            return hsv(
                    random.uniform(range[0], range[1]),
                    random.uniform(range[2], range[3]),
                    random.uniform(range[4], range[5]));
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** From hue in degrees, saturation and value 0-1. */
    static Colour hsv(double hue, double saturation, double value) {
        return new Colour(
                channel(5, hue, saturation, value),
                channel(3, hue, saturation, value),
                channel(1, hue, saturation, value));
    }

    private static float channel(int offset, double hue, double saturation, double value) {
        double k = (offset + hue / 60) % 6;
        double ramp = Math.max(0, Math.min(1, Math.min(k, 4 - k)));
        return (float) (value * (1 - saturation * ramp));
    }

    Colour times(double tone) {
        return new Colour((float) (red * tone), (float) (green * tone), (float) (blue * tone));
    }

    Colour mix(Colour other, double share) {
        return new Colour(
                (float) (red + (other.red - red) * share), (float) (green + (other.green - green) * share), (float)
                        (blue + (other.blue - blue) * share));
    }

    double luma() {
        return 0.3 * red + 0.59 * green + 0.11 * blue;
    }

    /** How well two colours can be told apart, 0-1: the distance in sRGB with green counted most. */
    double distance(Colour other) {
        double r = red - other.red;
        double g = green - other.green;
        double b = blue - other.blue;
        return Math.sqrt(0.3 * r * r + 0.5 * g * g + 0.2 * b * b);
    }
}
