package dev.fovea.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which network: a name of the registry and the options that differ from the standard. Stored beside every checkpoint, so that a file
 * of weights can always be rebuilt into its network. Two forms:
 *
 * <pre>{@code
 * resnet50(classes=10, replace_stride_with_dilation=[false,true,true])
 * {"model": "resnet50", "options": {"classes": 10, "replace_stride_with_dilation": [false, true, true]}}
 * }</pre>
 *
 * @param options numbers, texts, flags and lists of them, in the order given
 */
public record ModelSpec(String name, Map<String, Object> options) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONGEST = 100_000;

    public ModelSpec {
        if (!name.matches("[A-Za-z0-9_.-]+")) {
            throw new IllegalArgumentException(
                    "a model's name has letters, digits, '_', '.' and '-', got '" + name + "'");
        }
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    public static ModelSpec of(String name) {
        return new ModelSpec(name, Map.of());
    }

    /** The same with one option set. */
    public ModelSpec with(String option, Object value) {
        var changed = new LinkedHashMap<>(options);
        changed.put(option, value);
        return new ModelSpec(name, changed);
    }

    /** Reads the text form. */
    public static ModelSpec parse(String text) {
        String trimmed = text.strip();
        int open = trimmed.indexOf('(');
        if (open < 0) {
            return of(trimmed);
        }
        if (!trimmed.endsWith(")")) {
            throw new IllegalArgumentException("'" + text + "': expected ')' at the end, as in resnet50(classes=10)");
        }
        var options = new LinkedHashMap<String, Object>();
        String rest = trimmed.substring(open + 1, trimmed.length() - 1).strip();
        while (!rest.isEmpty()) {
            int equals = rest.indexOf('=');
            if (equals <= 0) {
                throw new IllegalArgumentException(
                        "'" + text + "': expected option=value, got '" + rest + "', as in resnet50(classes=10)");
            }
            int end = endOfValue(rest, equals + 1);
            String key = rest.substring(0, equals).strip();
            if (options.put(key, value(rest.substring(equals + 1, end).strip())) != null) {
                throw new IllegalArgumentException("'" + text + "': option '" + key + "' is given twice");
            }
            rest = end < rest.length() ? rest.substring(end + 1).strip() : "";
        }
        return new ModelSpec(trimmed.substring(0, open).strip(), options);
    }

    /** The first comma outside of brackets and quotes. */
    private static int endOfValue(String text, int from) {
        int depth = 0;
        boolean quoted = false;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quoted) {
                if (c == '\\') {
                    i++;
                } else if (c == '"') {
                    quoted = false;
                }
            } else if (c == '"') {
                quoted = true;
            } else if (c == '[') {
                depth++;
            } else if (c == ']') {
                depth--;
            } else if (c == ',' && depth == 0) {
                return i;
            }
        }
        return text.length();
    }

    /** A value as text: JSON where it is, else the text itself, so that {@code stem=small} needs no quotes. */
    public static Object value(String text) {
        if (text.length() > LONGEST) {
            throw new IllegalArgumentException("an option's value has at most " + LONGEST + " letters");
        }
        try {
            var node = JSON.readTree(text);
            boolean wholeText = node != null && (node.isValueNode() || node.isArray()) && !node.isNull();
            return wholeText && isOneToken(text) ? JSON.convertValue(node, Object.class) : text;
        } catch (JsonProcessingException e) {
            return text; // not JSON: a bare word
        }
    }

    /** Whether Jackson read all of it; it stops after the first value. */
    private static boolean isOneToken(String text) throws JsonProcessingException {
        try (var parser = JSON.createParser(text)) {
            JSON.readTree(parser);
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            throw e;
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** The text form, which {@link #parse} reads back. */
    @Override
    public String toString() {
        if (options.isEmpty()) {
            return name;
        }
        var text = new StringBuilder(name).append('(');
        options.forEach((key, value) -> text.append(text.charAt(text.length() - 1) == '(' ? "" : ", ")
                .append(key)
                .append('=')
                .append(
                        value instanceof String s && s.matches("[A-Za-z][A-Za-z0-9_]*") && !isWord(s)
                                ? s
                                : json(value)));
        return text.append(')').toString();
    }

    /** Whether JSON would read the text as something else. */
    private static boolean isWord(String text) {
        return text.equals("true") || text.equals("false") || text.equals("null");
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("option values are numbers, texts, flags and lists, got " + value, e);
        }
    }

    public String toJson() {
        var all = new LinkedHashMap<String, Object>();
        all.put("model", name);
        all.put("options", options);
        return json(all);
    }

    /** Reads what {@link #toJson} wrote. */
    public static ModelSpec fromJson(String json) {
        if (json.length() > LONGEST) {
            throw new IllegalArgumentException("a model's description has at most " + LONGEST + " letters");
        }
        try {
            return fromJson(JSON.readTree(json));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("a model's description is not JSON: " + e.getOriginalMessage(), e);
        }
    }

    /** Reads {@code {"model": …, "options": {…}}}. */
    public static ModelSpec fromJson(JsonNode node) {
        if (node == null || !node.path("model").isTextual()) {
            throw new IllegalArgumentException(
                    "a model's description is an object with a text 'model' and an object 'options', got " + node);
        }
        Map<String, Object> options = node.path("options").isObject()
                ? JSON.convertValue(node.path("options"), new TypeReference<LinkedHashMap<String, Object>>() {})
                : Map.of();
        return new ModelSpec(node.path("model").textValue(), options);
    }
}
