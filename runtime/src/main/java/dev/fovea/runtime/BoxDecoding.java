package dev.fovea.runtime;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * How boxes come of the outputs of a detector's graph. In {@link ModelMetadata} it is a JSON object, in a {@link Description} the same
 * under {@code detector}:
 *
 * <pre>{@code
 * {"form": "dense", "boxes": "boxes", "scores": "scores", "coordinates": "corners", "best_class": false, "clip_first": true,
 *  "share": "level", "levels": [2704, 676, 169], "threshold": 0.05, "iou": 0.5, "classwise": true, "candidates": 1000, "most": 100}
 * {"form": "detections", "boxes": "boxes", "scores": "scores", "labels": "labels", "pictures": "pictures", "threshold": 0.05, "most": 100}
 * {"form": "yolox", "output": "output", "strides": [8, 16, 32], "threshold": 0.3, "iou": 0.45}
 * }</pre>
 *
 * <p>Only {@code form} must be there. Where {@code iou} is {@code none}, nothing is suppressed, as without it in the form
 * {@code detections}.
 *
 * @param form what the graph gives
 * @param selection which boxes are kept unless the caller says otherwise
 */
public record BoxDecoding(BoxForm form, BoxSelection selection) {
    private static final List<String> FORMS = List.of("dense", "detections", "yolox");
    private static final String NONE = "none";
    private static final JsonFactory JSON = new JsonFactory();
    private static final int MOST_LEVELS = 64;

    /** This as a JSON object. */
    public String toJson() {
        var text = new StringWriter();
        try (var json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("form", form.name());
            write(json);
            json.writeNumberField("threshold", selection.leastScore());
            if (selection.iou().isPresent()) {
                json.writeNumberField("iou", selection.iou().getAsDouble());
            } else {
                json.writeStringField("iou", NONE);
            }
            json.writeBooleanField("classwise", selection.classwise());
            json.writeNumberField("candidates", selection.candidates());
            json.writeNumberField("most", selection.most());
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return text.toString();
    }

    private void write(JsonGenerator json) throws IOException {
        if (form instanceof BoxForm.Dense dense) {
            json.writeStringField("boxes", dense.boxes());
            json.writeStringField("scores", dense.scores());
            json.writeStringField("coordinates", text(dense.coordinates()));
            json.writeBooleanField("best_class", dense.bestClass());
            json.writeBooleanField("clip_first", dense.clipFirst());
            json.writeStringField("share", text(dense.share()));
            write(json, "levels", dense.levels());
        } else if (form instanceof BoxForm.Chosen chosen) {
            json.writeStringField("boxes", chosen.boxes());
            json.writeStringField("scores", chosen.scores());
            json.writeStringField("labels", chosen.labels());
            if (chosen.pictures().isPresent()) {
                json.writeStringField("pictures", chosen.pictures().get());
            }
            json.writeStringField("coordinates", text(chosen.coordinates()));
        } else if (form instanceof BoxForm.Yolox yolox) {
            if (yolox.output().isPresent()) {
                json.writeStringField("output", yolox.output().get());
            }
            write(json, "strides", yolox.strides());
        }
    }

    private static void write(JsonGenerator json, String key, List<Integer> numbers) throws IOException {
        if (!numbers.isEmpty()) {
            json.writeFieldName(key);
            json.writeStartArray();
            for (int n : numbers) {
                json.writeNumber(n);
            }
            json.writeEndArray();
        }
    }

    private static String text(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Reads what {@link #toJson} wrote.
     *
     * @throws IllegalArgumentException if it is something else
     */
    public static BoxDecoding parse(String json) {
        try (var parser = JSON.createParser(json)) {
            parser.nextToken();
            var read = read(parser);
            if (parser.nextToken() != null) {
                throw new IllegalArgumentException("the description of a detector has something behind its end");
            }
            return read;
        } catch (IOException e) {
            throw new IllegalArgumentException("the description of a detector is not readable: " + e.getMessage(), e);
        }
    }

    /** Reads an object at whose beginning a parser stands; the parser ends on its end. */
    static BoxDecoding read(JsonParser parser) throws IOException {
        return new Entries(entries(parser)).decoding();
    }

    /** Texts, or lists of texts, by key. */
    private static Map<String, List<String>> entries(JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw new IllegalArgumentException("detector: expected keys and values, among them form, one of " + FORMS);
        }
        var entries = new LinkedHashMap<String, List<String>>();
        for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            var values = new ArrayList<String>();
            if (parser.nextToken() == JsonToken.START_ARRAY) {
                while (parser.nextToken() != JsonToken.END_ARRAY) {
                    values.add(scalar(parser, key));
                    if (values.size() > MOST_LEVELS) {
                        throw new IllegalArgumentException(
                                "detector: " + key + " has more than " + MOST_LEVELS + " values");
                    }
                }
            } else {
                values.add(scalar(parser, key));
            }
            entries.put(key, values);
        }
        return entries;
    }

    private static String scalar(JsonParser parser, String key) throws IOException {
        if (parser.currentToken() == null || !parser.currentToken().isScalarValue()) {
            throw new IllegalArgumentException("detector: " + key + ": expected a value or a list of values");
        }
        return parser.currentToken() == JsonToken.VALUE_NULL ? NONE : parser.getText();
    }

    /** Entries that are taken out as they are understood; what is left at the end is an error. */
    private record Entries(Map<String, List<String>> left) {
        BoxDecoding decoding() {
            String name = text("form")
                    .orElseThrow(
                            () -> new IllegalArgumentException("detector: form is missing; choose one of " + FORMS));
            var form =
                    switch (name) {
                        case "dense" -> dense();
                        case "detections" -> chosen();
                        case "yolox" -> yolox();
                        default ->
                            throw new IllegalArgumentException(
                                    "detector: unknown form '" + name + "'; choose one of " + FORMS);
                    };
            var selection = selection(form instanceof BoxForm.Chosen);
            if (!left.isEmpty()) {
                throw new IllegalArgumentException(
                        "detector: unknown key '" + left.keySet().iterator().next() + "' for the form '" + name + "'");
            }
            return new BoxDecoding(form, selection);
        }

        private BoxForm dense() {
            return new BoxForm.Dense(
                    text("boxes").orElse("boxes"),
                    text("scores").orElse("scores"),
                    choice("coordinates", BoxForm.Coordinates.CORNERS, BoxForm.Coordinates.values()),
                    flag("best_class", false),
                    flag("clip_first", false),
                    choice("share", BoxForm.Dense.Share.PICTURE, BoxForm.Dense.Share.values()),
                    integers("levels", List.of()));
        }

        private BoxForm chosen() {
            return new BoxForm.Chosen(
                    text("boxes").orElse("boxes"),
                    text("scores").orElse("scores"),
                    text("labels").orElse("labels"),
                    text("pictures"),
                    choice("coordinates", BoxForm.Coordinates.CORNERS, BoxForm.Coordinates.values()));
        }

        private BoxForm yolox() {
            var published = BoxForm.Yolox.published();
            return new BoxForm.Yolox(text("output"), integers("strides", published.strides()));
        }

        private BoxSelection selection(boolean isChosen) {
            var usual = isChosen ? BoxSelection.USUAL.withoutSuppression() : BoxSelection.USUAL;
            var iou = text("iou");
            return new BoxSelection(
                    number("threshold", text("threshold")).orElse(usual.leastScore()),
                    iou.isEmpty() ? usual.iou() : iou.get().equals(NONE) ? OptionalDouble.empty() : number("iou", iou),
                    flag("classwise", usual.classwise()),
                    integers("candidates", List.of(usual.candidates())).get(0),
                    integers("most", List.of(usual.most())).get(0));
        }

        private Optional<String> text(String key) {
            var values = left.remove(key);
            if (values != null && values.size() != 1) {
                throw new IllegalArgumentException("detector: " + key + ": expected one value, got " + values);
            }
            return Optional.ofNullable(values).map(v -> v.get(0));
        }

        private boolean flag(String key, boolean usual) {
            String text = text(key).orElse(Boolean.toString(usual));
            if (!text.equals("true") && !text.equals("false")) {
                throw new IllegalArgumentException("detector: " + key + ": expected true or false, got '" + text + "'");
            }
            return text.equals("true");
        }

        private static OptionalDouble number(String key, Optional<String> text) {
            try {
                return text.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(Double.parseDouble(text.get()));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                        "detector: " + key + ": expected a number, got '" + text.get() + "'", e);
            }
        }

        private List<Integer> integers(String key, List<Integer> usual) {
            var values = left.remove(key);
            if (values == null) {
                return usual;
            }
            if (values.isEmpty() || !values.stream().allMatch(v -> v.matches("\\d{1,9}"))) {
                throw new IllegalArgumentException("detector: " + key + ": expected whole numbers, got " + values);
            }
            return values.stream().map(Integer::valueOf).toList();
        }

        private <E extends Enum<E>> E choice(String key, E usual, E[] all) {
            String text = text(key).orElse(BoxDecoding.text(usual));
            for (E value : all) {
                if (BoxDecoding.text(value).equals(text)) {
                    return value;
                }
            }
            throw new IllegalArgumentException("detector: " + key + ": unknown '" + text + "'; choose one of "
                    + List.of(all).stream().map(BoxDecoding::text).toList());
        }
    }
}
