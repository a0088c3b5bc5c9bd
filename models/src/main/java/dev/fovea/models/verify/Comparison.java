package dev.fovea.models.verify;

/**
 * One number or tensor compared with the reference's.
 *
 * @param part what it belongs to
 * @param name the output, the module's path or the parameter's key
 * @param difference as the format defines it: in standard deviations, or relative; infinite if it cannot be compared
 * @param limit the largest difference that passes
 */
public record Comparison(Part part, String name, double difference, double limit) {
    /** What is compared. */
    public enum Part {
        /** A result in evaluation. */
        OUTPUT,
        /** The result of an inner module in evaluation. */
        TAP,
        /** Loss, gradients and statistics of one step of training. */
        TRAIN
    }

    public boolean passed() {
        return difference <= limit;
    }

    @Override
    public String toString() {
        return part.name().toLowerCase(java.util.Locale.ROOT) + " " + name + ": "
                + (Double.isInfinite(difference)
                        ? "another shape, or not a number"
                        : String.format(java.util.Locale.ROOT, "%.1e, limit %.1e", difference, limit));
    }
}
