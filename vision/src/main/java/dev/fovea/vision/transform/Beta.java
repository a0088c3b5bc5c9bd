package dev.fovea.vision.transform;

import java.util.random.RandomGenerator;

/**
 * The Beta distribution as the share of one Gamma variable in the sum of two, each drawn by Marsaglia and Tsang, "A
 * simple method for generating gamma variables", 2000. Logarithms keep shapes near 0 from underflow.
 */
record Beta(double a, double b) {
    Beta {
        if (!(a > 0 && b > 0 && a < 1e6 && b < 1e6)) {
            throw new IllegalArgumentException(
                    "the shapes of a Beta distribution must be above 0, got " + a + ", " + b);
        }
    }

    /** A value of 0-1. */
    double sample(RandomGenerator random) {
        double x = logGamma(a, random);
        double y = logGamma(b, random);
        return 1 / (1 + Math.exp(y - x));
    }

    private static double logGamma(double shape, RandomGenerator random) {
        if (shape < 1) {
            // 1 - u is never 0.
            return logGamma(shape + 1, random) + Math.log(1 - random.nextDouble()) / shape;
        }
        double d = shape - 1.0 / 3;
        double c = 1 / Math.sqrt(9 * d);
        while (true) {
            double normal = random.nextGaussian();
            double root = 1 + c * normal;
            if (root <= 0) {
                continue;
            }
            double v = root * root * root;
            if (Math.log(1 - random.nextDouble()) < 0.5 * normal * normal + d - d * v + d * Math.log(v)) {
                return Math.log(d * v);
            }
        }
    }
}
