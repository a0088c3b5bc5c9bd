package dev.fovea.models;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finding the names that someone may have meant. */
final class Names {
    private Names() {}

    /** {@code "; did you mean 'a' or 'b'?"} with the nearest names, or nothing if none is near. */
    static String didYouMean(String wrong, Collection<String> known) {
        var near = nearest(wrong, known);
        return near.isEmpty() ? "" : "; did you mean '" + String.join("' or '", near) + "'?";
    }

    /** Up to three names within a third of the letters (at least two), nearest first. */
    static List<String> nearest(String wrong, Collection<String> known) {
        int limit = Math.max(2, wrong.length() / 3);
        return known.stream()
                .filter(name -> distance(plain(wrong), plain(name)) <= limit)
                .sorted(Comparator.comparingInt(name -> distance(plain(wrong), plain(name))))
                .limit(3)
                .toList();
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }

    /** Insertions, deletions and substitutions from one text to the other (Levenshtein 1966). */
    static int distance(String a, String b) {
        var row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
