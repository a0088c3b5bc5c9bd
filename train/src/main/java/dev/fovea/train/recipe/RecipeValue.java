package dev.fovea.train.recipe;

import java.util.List;
import java.util.Locale;

/** Checks of the values of recipes; a failure names key, value and way out. */
public final class RecipeValue {
    private RecipeValue() {}

    /** Refuses a value that is not right. */
    public static void check(boolean right, String key, Object value, String wayOut) {
        if (!right) {
            throw new RecipeException(key + " cannot be " + value + "; " + wayOut);
        }
    }

    /** The word in lower case; an unknown one is answered with the nearest. */
    public static String oneOf(String key, String value, List<String> known) {
        String word = value.toLowerCase(Locale.ROOT);
        if (!known.contains(word)) {
            throw new RecipeException(key + " cannot be '" + value + "'" + Nearest.hint(word, known.iterator()));
        }
        return word;
    }
}
