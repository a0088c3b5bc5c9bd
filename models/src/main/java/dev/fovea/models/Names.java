package dev.fovea.models;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.apache.commons.text.similarity.LevenshteinDistance;

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
                .filter(name -> LevenshteinDistance.getDefaultInstance().apply(plain(wrong), plain(name)) <= limit)
                .sorted(Comparator.comparingInt(
                        name -> LevenshteinDistance.getDefaultInstance().apply(plain(wrong), plain(name))))
                .limit(3)
                .toList();
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
    }
}
