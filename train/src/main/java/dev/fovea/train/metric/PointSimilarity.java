package dev.fovea.train.metric;

/** Object key point similarity as the COCO evaluation computes it. */
final class PointSimilarity implements Overlap<Pose> {
    private final double[] sigmas;

    PointSimilarity(double[] sigmas) {
        this.sigmas = sigmas;
    }

    @Override
    public double of(Pose found, Truth<Pose> truth) {
        Pose there = truth.shape();
        if (found.points() != sigmas.length || there.points() != sigmas.length) {
            throw new IllegalArgumentException("key points: " + sigmas.length + " tolerances, but " + there.points()
                    + " points are there and " + found.points() + " were found");
        }
        boolean labelled = there.labelled() > 0;
        double sum = 0;
        int count = 0;
        for (int i = 0; i < sigmas.length; i++) {
            if (labelled && !there.isLabelled(i)) {
                continue;
            }
            double dx = labelled
                    ? found.x(i) - there.x(i)
                    : outside(found.x(i), there.box().x(), there.box().width());
            double dy = labelled
                    ? found.y(i) - there.y(i)
                    : outside(found.y(i), there.box().y(), there.box().height());
            double variance = 4 * sigmas[i] * sigmas[i];
            sum += Math.exp(-(dx * dx + dy * dy) / variance / (truth.area() + Math.ulp(1.0)) / 2);
            count++;
        }
        return sum / count;
    }

    /** The distance from a place to a side that is lengthened by itself at both ends. */
    private static double outside(double at, double start, double length) {
        return Math.max(0, start - length - at) + Math.max(0, at - (start + 2 * length));
    }
}
