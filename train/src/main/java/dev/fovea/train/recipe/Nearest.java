package dev.fovea.train.recipe;

import java.util.Arrays;
import java.util.Iterator;

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
            int d = distance(word, candidate);
            if (d < distance) {
                distance = d;
                best = candidate;
            }
        }
        return best != null && distance <= Math.max(2, word.length() / 3)
                ? "; did you mean '" + best + "'?"
                : "; known are " + all;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        Arrays.setAll(row, i -> i);
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substitution = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substitution, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
