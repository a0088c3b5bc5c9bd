package dev.fovea.serve;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The picture files of a request: multipart, raw bytes, or JSON with base64. */
final class ImageUploads {
    /** Nothing that is asked for nests deeper. */
    private static final int MOST_NESTING = 8;

    private final JsonFactory json;
    private final int mostImages;

    ImageUploads(ServeOptions.Limits limits) {
        this.mostImages = limits.images();
        this.json = new JsonFactoryBuilder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MOST_NESTING)
                        .maxStringLength((int) limits.body())
                        .maxNameLength(200)
                        .build())
                .build();
    }

    /** A picture file as it came, and what to call it in messages. */
    @SuppressWarnings("ArrayRecordComponent") // bytes that are handed on
    record Upload(String name, byte[] content) {}

    /**
     * Reads a body.
     *
     * @param contentType null is taken for a picture
     */
    List<Upload> read(byte[] body, String contentType) {
        String type = contentType == null
                ? "application/octet-stream"
                : contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        if (body.length == 0) {
            throw Problem.badRequest("the body is empty; send a picture, several as multipart/form-data, or JSON");
        }
        var uploads =
                switch (type) {
                    case "multipart/form-data" -> multipart(body, contentType);
                    case "application/json" -> json(body);
                    default -> {
                        if (!type.startsWith("image/") && !type.equals("application/octet-stream")) {
                            throw Problem.unsupported("Content-Type '" + Problem.shown(type)
                                    + "' is not supported; use image/*, application/octet-stream, multipart/form-data or"
                                    + " application/json");
                        }
                        yield List.of(new Upload("the picture", body));
                    }
                };
        if (uploads.isEmpty()) {
            throw Problem.badRequest("the request holds no picture");
        }
        return uploads;
    }

    private List<Upload> multipart(byte[] body, String contentType) {
        var uploads = new ArrayList<Upload>();
        for (var part : Multipart.parse(body, contentType, mostImages)) {
            uploads.add(new Upload(
                    part.fileName().map(Problem::shown).orElse("picture " + (uploads.size() + 1)), part.content()));
        }
        return uploads;
    }

    /** {@code {"image": "base64"}} or {@code {"images": ["base64", …]}}. */
    private List<Upload> json(byte[] body) {
        var uploads = new ArrayList<Upload>();
        try (var parser = json.createParser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw shape();
            }
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                var token = parser.nextToken();
                if (key.equals("image") && token == JsonToken.VALUE_STRING) {
                    add(uploads, parser);
                } else if (key.equals("images") && token == JsonToken.START_ARRAY) {
                    while (parser.nextToken() == JsonToken.VALUE_STRING) {
                        add(uploads, parser);
                    }
                    if (parser.currentToken() != JsonToken.END_ARRAY) {
                        throw shape();
                    }
                } else {
                    throw shape();
                }
            }
            if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
                throw shape();
            }
        } catch (JacksonException e) {
            throw Problem.badRequest("the JSON cannot be read: " + Problem.shown(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
        return uploads;
    }

    private void add(List<Upload> uploads, JsonParser parser) throws IOException {
        if (uploads.size() == mostImages) {
            throw Problem.tooLarge("more than " + mostImages + " pictures in a request; send fewer at a time");
        }
        uploads.add(new Upload("picture " + (uploads.size() + 1), parser.getBinaryValue()));
    }

    private static Problem shape() {
        return Problem.badRequest("expected {\"image\": \"base64\"} or {\"images\": [\"base64\", …]}");
    }
}
