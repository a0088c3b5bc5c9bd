package dev.fovea.train.recipe;

import java.util.Iterator;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The known word that an unknown one was probably meant to be, by edit distance (Levenshtein 1966). */
public final class Nearest {
    private Nearest() {}

    /** {@code "; did you mean 'x'?"}, or the list of all words where none is near. */
    public static String hint(String word, Iterator<String> known) {
        String best = null;
        int distance = Integer.MAX_VALUE;
        var all = new StringBuilder();
        while (known.hasNext()) {
            String candidate = known.next();
            all.append(all.isEmpty() ? "" : ", ").append(candidate);
            int d = LevenshteinDistance.getDefaultInstance().apply(word, candidate);
            if (d < distance) {
                distance = d;
                best = candidate;
            }
        }
        return best != null && distance <= Math.max(2, word.length() / 3)
                ? "; did you mean '" + best + "'?"
                : "; known are " + all;
    }
}
