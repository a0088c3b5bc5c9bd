package dev.fovea.vision;

import java.util.List;

/**
 * The classes of one image, best first.
 *
 * @param scores all classes with their probability, 0-1, in descending order; equal scores by class index
 */
public record Classification(List<Score> scores) implements Prediction {
    public Classification {
        scores = List.copyOf(scores);
    }

    /** One class and its probability, 0-1. */
    public record Score(Label label, float score) {}

    /** The best class. */
    public Score best() {
        return scores.get(0);
    }

    /** The best {@code k} classes, or all if there are fewer. */
    public List<Score> top(int k) {
        return scores.subList(0, Math.min(k, scores.size()));
    }
}
