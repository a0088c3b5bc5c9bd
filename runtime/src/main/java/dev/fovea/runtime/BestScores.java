package dev.fovea.runtime;

import java.util.Arrays;

/** The best of many scores, without an object for each: best first, equal ones in their order. */
final class BestScores {
    private long[] keys = new long[256];
    private int count;

    /** A score of 0 or more and its place. */
    void add(float score, int place) {
        if (count == keys.length) {
            keys = Arrays.copyOf(keys, count * 2);
        }
        // The bits of positive floats are ordered as the floats; turned over, the best comes first.
        keys[count++] = (long) ~Float.floatToRawIntBits(score) << 32 | place;
    }

    /** The places of the best, at most so many; forgets all. */
    int[] take(int most) {
        Arrays.sort(keys, 0, count);
        int[] places = new int[Math.min(most, count)];
        for (int i = 0; i < places.length; i++) {
            places[i] = (int) keys[i];
        }
        count = 0;
        return places;
    }

    /** The places of all scores, best first. */
    static int[] order(float[] scores) {
        var best = new BestScores();
        for (int i = 0; i < scores.length; i++) {
            best.add(scores[i], i);
        }
        return best.take(scores.length);
    }
}
