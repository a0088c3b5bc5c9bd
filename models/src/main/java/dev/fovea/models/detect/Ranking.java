package dev.fovea.models.detect;

import java.util.List;

/**
 * How a choice is made among {@link PlaceScores}, beside the numbers of a {@link Selection}.
 *
 * @param isOneClassEach whether a place stands for its best class alone; otherwise each class of each place is a candidate
 * @param among what {@link Selection#candidates} counts
 * @param levels how many places belong to each level of a pyramid; empty where that does not matter
 * @param clipsFirst whether boxes are cut to the picture before suppression; otherwise after it, and those of which nothing is left are dropped
 * @param suppresses whether of overlapping boxes of a class only the best stays
 * @param shortestSide boxes with a shorter side are dropped before suppression, in prepared pixels
 */
public record Ranking(
        boolean isOneClassEach,
        Among among,
        List<Long> levels,
        boolean clipsFirst,
        boolean suppresses,
        double shortestSide) {
    /** Of what the best candidates are looked at. */
    public enum Among {
        /** Of all places together. */
        PICTURE,
        /** Of each level of a pyramid. */
        LEVEL,
        /** Of each class. */
        CLASS
    }

    public Ranking {
        levels = List.copyOf(levels);
        if (among == Among.LEVEL && levels.isEmpty()) {
            throw new IllegalArgumentException("a choice by level needs the number of places of each level");
        }
    }

    /** Of all places together, cut after suppression. */
    static Ranking ofPicture(boolean isOneClassEach, boolean suppresses) {
        return new Ranking(isOneClassEach, Among.PICTURE, List.of(), false, suppresses, 0);
    }

    /** Each class of each place, cut before suppression. */
    static Ranking clippedFirst(Among among, List<Long> levels, double shortestSide) {
        return new Ranking(false, among, levels, true, true, shortestSide);
    }

    /** The same where a place stands for its best class alone. */
    Ranking ofBestClasses() {
        return new Ranking(true, among, levels, clipsFirst, suppresses, shortestSide);
    }
}
