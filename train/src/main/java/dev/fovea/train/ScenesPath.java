package dev.fovea.train;

import java.util.Optional;

/**
 * The path that means generated pictures: {@code scenes}, {@code scenes:SIDE} or {@code scenes:SIDE:COUNT}.
 *
 * @param side of the pictures, in pixels
 * @param count of the pictures to learn from
 */
public record ScenesPath(int side, int count) {
    private static final String WORD = "scenes";

    /** What a path asks for; empty if it is a path of files. */
    public static Optional<ScenesPath> parse(String path, int usualSide, int usualCount) {
        if (!path.equals(WORD) && !path.startsWith(WORD + ":")) {
            return Optional.empty();
        }
        String[] parts = path.split(":", -1);
        return Optional.of(new ScenesPath(number(path, parts, 1, usualSide), number(path, parts, 2, usualCount)));
    }

    /** The number of pictures to choose and to judge by. */
    public int heldOut() {
        return Math.max(10, count / 10);
    }

    private static int number(String path, String[] parts, int index, int fallback) {
        if (parts.length <= index) {
            return fallback;
        }
        try {
            return Integer.parseInt(parts[index]);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "'" + path + "' is not understood; use scenes, scenes:SIZE or scenes:SIZE:COUNT", e);
        }
    }
}
