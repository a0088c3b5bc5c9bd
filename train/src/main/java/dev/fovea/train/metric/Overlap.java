package dev.fovea.train.metric;

import dev.fovea.vision.Rle;

/** How well something found lies on something that is there, 0-1. */
@FunctionalInterface
public interface Overlap<T> {
    double of(T found, Truth<T> truth);

    /** Intersection over union of boxes; with a crowd, the share of the found box that lies in it. */
    static Overlap<Rect> boxes() {
        return (found, truth) -> {
            Rect there = truth.shape();
            double w = Math.min(found.x() + found.width(), there.x() + there.width()) - Math.max(found.x(), there.x());
            double h =
                    Math.min(found.y() + found.height(), there.y() + there.height()) - Math.max(found.y(), there.y());
            if (w <= 0 || h <= 0) {
                return 0;
            }
            double common = w * h;
            return common / (truth.crowd() ? found.area() : found.area() + there.area() - common);
        };
    }

    /** Intersection over union of masks in pixels; with a crowd, the share of the found mask that lies in it. */
    static Overlap<Rle> masks() {
        return (found, truth) -> {
            long common = found.intersection(truth.shape());
            long whole = found.area() + (truth.crowd() ? 0 : truth.shape().area() - common);
            return whole == 0 ? 0 : (double) common / whole;
        };
    }

    /** Similarity of key points of people, with the tolerances that COCO measured for its 17 points. */
    static Overlap<Pose> people() {
        return keypoints(
                .026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089, .089);
    }

    /**
     * Object key point similarity: the mean over the labelled points of {@code exp(-d^2 / (2 area (2 sigma)^2))}. Where no
     * point is labelled, the distance to twice the box of the object counts.
     *
     * @param sigmas for each point, how far people disagree on its place, in shares of the root of the area
     */
    static Overlap<Pose> keypoints(double... sigmas) {
        return new PointSimilarity(sigmas.clone());
    }
}
