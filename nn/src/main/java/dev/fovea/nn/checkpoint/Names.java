package dev.fovea.nn.checkpoint;

import java.util.Arrays;

/** Names out of files, made fit for messages. */
final class Names {
    private static final int LIMIT = 80;

    private Names() {}

    /** At most 80 characters, without control characters that could confuse a terminal. */
    static String shorten(String name) {
        var text = new StringBuilder();
        name.codePoints().limit(LIMIT).forEach(c -> {
            if (Character.isISOControl(c) || !Character.isDefined(c)) {
                text.append('?');
            } else {
                text.appendCodePoint(c);
            }
        });
        return name.length() > LIMIT ? text + "…" : text.toString();
    }

    /** A shape or strides as a text such as {@code [2, 3]}. */
    static String list(long[] numbers) {
        return Arrays.toString(numbers);
    }
}
