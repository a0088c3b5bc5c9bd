package dev.fovea.vision.transform;

import java.util.Arrays;
import java.util.Locale;

/** The filters that {@link Resample} weighs pixels with; all but NEAREST widen when shrinking, so nothing aliases. */
public enum Interpolation {
    /** The pixel at the centre, no filter. */
    NEAREST(0) {
        @Override
        double weight(double x) {
            throw new UnsupportedOperationException("nearest neighbour has no weights");
        }
    },
    /** The average of the area that a pixel covers. */
    BOX(0.5) {
        @Override
        double weight(double x) {
            return x > -0.5 && x <= 0.5 ? 1 : 0;
        }
    },
    /** The triangle filter; what most published classification weights were made with. */
    BILINEAR(1) {
        @Override
        double weight(double x) {
            return Math.max(0, 1 - Math.abs(x));
        }
    },
    /** A sharper filter of the width of BILINEAR: sinc under a Hamming window. */
    HAMMING(1) {
        @Override
        double weight(double x) {
            double a = Math.abs(x);
            return a >= 1 ? 0 : sinc(a) * (0.54 + 0.46 * Math.cos(a * Math.PI));
        }
    },
    /** Cubic convolution with a = -0.5 (Keys 1981). */
    BICUBIC(2) {
        @Override
        double weight(double x) {
            double a = -0.5;
            double d = Math.abs(x);
            if (d < 1) {
                return ((a + 2) * d - (a + 3)) * d * d + 1;
            }
            return d < 2 ? (((d - 5) * d + 8) * d - 4) * a : 0;
        }
    },
    /** Sinc under a sinc window of three lobes (Lanczos). */
    LANCZOS(3) {
        @Override
        double weight(double x) {
            return x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
        }
    };

    private final double support;

    Interpolation(double support) {
        this.support = support;
    }

    /** How far the filter reaches, in pixels of the larger scale. */
    double support() {
        return support;
    }

    /** The weight at a distance from the centre. */
    abstract double weight(double x);

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
    }

    /** The filter of a name such as {@code bilinear}. */
    public static Interpolation parse(String name) {
        for (Interpolation value : values()) {
            if (value.toString().equals(name)) {
                return value;
            }
        }
        throw new IllegalArgumentException(
                "unknown interpolation '" + name + "'; choose one of " + Arrays.toString(values()));
    }

    /** The name in lower case, which {@link #parse} reads. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
