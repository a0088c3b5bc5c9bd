package dev.fovea.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** Lists of names as JSON arrays, token by token: data binding would be most of a cold start. */
final class JsonNames {
    private static final JsonFactory JSON = new JsonFactory();

    private JsonNames() {}

    static String write(List<String> names) {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartArray();
            for (String name : names) {
                json.writeString(name);
            }
            json.writeEndArray();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return text.toString();
    }

    /**
     * Reads an array of texts.
     *
     * @param key names it in messages
     */
    static List<String> read(String key, String text) {
        var names = new ArrayList<String>();
        try (var json = JSON.createParser(text)) {
            if (json.nextToken() == JsonToken.START_ARRAY) {
                while (json.nextToken() == JsonToken.VALUE_STRING) {
                    names.add(json.getText());
                }
                if (json.currentToken() == JsonToken.END_ARRAY && json.nextToken() == null) {
                    return names;
                }
            }
        } catch (IOException e) {
            throw new IllegalArgumentException(key + ": expected a JSON array of names, " + e.getMessage(), e);
        }
        throw new IllegalArgumentException(key + ": expected a JSON array of names, got '"
                + (text.length() > 80 ? text.substring(0, 80) + "…" : text) + "'");
    }
}
