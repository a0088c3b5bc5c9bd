package dev.fovea.bench;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Seconds a repetition, one value a turn, and what they come to. */
public record Samples(List<Double> seconds, double picturesPerRepetition) {
    public Samples {
        if (seconds.isEmpty()) {
            throw new IllegalArgumentException("no turn was measured");
        }
        var sorted = new ArrayList<>(seconds);
        Collections.sort(sorted);
        seconds = List.copyOf(sorted);
    }

    /** The middle value, or the mean of the two in the middle. */
    public double median() {
        return quantile(0.5);
    }

    /** A value that the share {@code q} of all values lies below, between neighbours by proportion. */
    public double quantile(double q) {
        double place = q * (seconds.size() - 1);
        int below = (int) Math.floor(place);
        int above = Math.min(below + 1, seconds.size() - 1);
        return seconds.get(below) + (place - below) * (seconds.get(above) - seconds.get(below));
    }

    /** Half the distance between the quartiles, as a share of the median: how far a turn commonly is off. */
    public double spread() {
        return (quantile(0.75) - quantile(0.25)) / 2 / median();
    }

    /** Pictures a second at the median. */
    public double picturesPerSecond() {
        return picturesPerRepetition / median();
    }
}
