package dev.fovea.models.weights;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The form of a tensor's name in a renaming table: plain text with places for numbers, {@code <s>}, and for words without dots,
 * {@code {p}}. Where a name is made, a number's place may reckon: {@code <2s+1>}.
 *
 * <p>Every place takes all it can and never gives anything back, so matching reads a name once, whatever it holds.
 */
final class KeyPattern {
    /** Names in files are shorter; a longer one fits nothing. */
    private static final int LONGEST_KEY = 1000;

    private static final int MOST_DIGITS = 6;
    private static final Pattern PLACE = Pattern.compile("<(\\d{0,3})([a-z])([+-]\\d{1,3})?>|\\{([a-z])\\}");

    private sealed interface Part permits Text, Index, Word {}

    private record Text(String text) implements Part {}

    private record Index(String name, int factor, int offset) implements Part {}

    private record Word(String name) implements Part {}

    private final String source;
    private final List<Part> parts = new ArrayList<>();

    private KeyPattern(String source) {
        this.source = source;
        var m = PLACE.matcher(source);
        int from = 0;
        while (m.find()) {
            addText(source.substring(from, m.start()));
            if (m.group(4) != null) {
                parts.add(new Word(m.group(4)));
            } else {
                int factor = m.group(1).isEmpty() ? 1 : Integer.parseInt(m.group(1));
                int offset = m.group(3) == null ? 0 : Integer.parseInt(m.group(3));
                parts.add(new Index(m.group(2), factor, offset));
            }
            from = m.end();
        }
        addText(source.substring(from));
    }

    private void addText(String text) {
        if (!text.isEmpty()) {
            boolean endsWord = !parts.isEmpty() && parts.get(parts.size() - 1) instanceof Word;
            if (text.matches(".*[<>{}].*") || (endsWord && !text.startsWith("."))) {
                throw new IllegalArgumentException("'" + source + "' is no pattern: near '" + text + "'");
            }
            parts.add(new Text(text));
        }
    }

    static KeyPattern of(String source) {
        return new KeyPattern(source);
    }

    /** What stands in each place of a name of this form; empty if the name has another form. */
    Optional<Map<String, String>> match(String key) {
        var found = new HashMap<String, String>();
        return key.length() <= LONGEST_KEY && matchFrom(key, found) == key.length()
                ? Optional.of(found)
                : Optional.empty();
    }

    /** As {@link #match} for names that begin so, whatever follows. */
    Optional<Map<String, String>> matchBeginning(String key) {
        var found = new HashMap<String, String>();
        return key.length() <= LONGEST_KEY && matchFrom(key, found) >= 0 ? Optional.of(found) : Optional.empty();
    }

    /** Where the name's part that has this form ends, or -1. */
    private int matchFrom(String key, Map<String, String> found) {
        int at = 0;
        for (var part : parts) {
            int end = end(part, key, at);
            if (end < 0) {
                return -1;
            }
            String name = part instanceof Index n ? n.name : part instanceof Word w ? w.name : null;
            if (name != null) {
                String value = key.substring(at, end);
                String before = found.put(name, value);
                if (before != null && !before.equals(value)) {
                    return -1;
                }
            }
            at = end;
        }
        return at;
    }

    private static int end(Part part, String key, int at) {
        if (part instanceof Text t) {
            return key.startsWith(t.text, at) ? at + t.text.length() : -1;
        }
        int end = at;
        if (part instanceof Index) {
            while (end < key.length() && end - at < MOST_DIGITS && isDigit(key.charAt(end))) {
                end++;
            }
        } else {
            while (end < key.length() && key.charAt(end) != '.') {
                end++;
            }
        }
        return end == at ? -1 : end;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** A name of this form with the given values in its places. */
    String fill(Map<String, String> values) {
        var text = new StringBuilder();
        for (var part : parts) {
            if (part instanceof Text t) {
                text.append(t.text);
            } else if (part instanceof Word w) {
                text.append(value(values, w.name));
            } else if (part instanceof Index n) {
                text.append(n.factor * Integer.parseInt(value(values, n.name)) + n.offset);
            }
        }
        return text.toString();
    }

    private String value(Map<String, String> values, String name) {
        var value = values.get(name);
        if (value == null) {
            throw new IllegalStateException("'" + source + "' has a place '" + name + "' that nothing fills");
        }
        return value;
    }

    @Override
    public String toString() {
        return source;
    }
}
