package dev.fovea.nn.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The header of a safetensors file, checked against the file's size. */
record SafetensorsHeader(List<Entry> entries, Map<String, String> metadata, long dataStart) {
    /** The reference implementation refuses longer headers too. */
    static final int LIMIT = 100_000_000;

    private static final int MAX_RANK = 32;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxStringLength(LIMIT)
                    .build())
            .build();

    /** A tensor and the place of its bytes, counted from the end of the header. */
    record Entry(String name, DType dtype, Shape shape, long begin, long end) {}

    static SafetensorsHeader read(FileBytes input) throws IOException {
        var file = input.file();
        if (input.size() < 10) {
            throw new CheckpointException(file, "is too short for a safetensors file; copy or download it again");
        }
        long length = input.read(0, 8).getLong();
        if (length < 2 || length > Math.min(LIMIT, input.size() - 8)) {
            throw new CheckpointException(
                    file,
                    "its safetensors header should have " + Long.toUnsignedString(length) + " bytes, but the file has "
                            + input.size() + " and the limit is " + LIMIT + "; copy or download it again");
        }
        byte[] text = input.read(8, (int) length).array();
        long dataStart = 8 + length;
        try (var json = JSON.createParser(text)) {
            var parser = new Parser(file, json);
            parser.parse();
            checkPlaces(file, parser.entries, input.size() - dataStart);
            return new SafetensorsHeader(parser.entries, parser.metadata, dataStart);
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    file, "its safetensors header is damaged (" + e.getOriginalMessage() + ")", e);
        }
    }

    /** The tensors must fill the file from the header to the end, without gap or overlap. */
    private static void checkPlaces(Path file, List<Entry> entries, long dataBytes) throws IOException {
        var sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long at = 0;
        for (var entry : sorted) {
            if (entry.begin != at) {
                throw new CheckpointException(
                        file,
                        "tensor '" + Names.shorten(entry.name) + "' begins at byte " + entry.begin + " where " + at
                                + " was expected: tensors overlap or leave a gap");
            }
            at = entry.end;
        }
        if (at != dataBytes) {
            throw new CheckpointException(
                    file,
                    "its tensors need " + at + " bytes, but " + dataBytes + " are there; copy or download it again");
        }
    }

    /** Reads the JSON as a stream, so that a hostile header takes no more memory than its own length. */
    private static final class Parser {
        private final Path file;
        private final JsonParser json;
        private final List<Entry> entries = new ArrayList<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        Parser(Path file, JsonParser json) {
            this.file = file;
            this.json = json;
        }

        void parse() throws IOException {
            expect(json.nextToken(), JsonToken.START_OBJECT, "the header");
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                expect(json.nextToken(), JsonToken.START_OBJECT, "'" + Names.shorten(name) + "'");
                if (name.equals(Safetensors.METADATA)) {
                    parseMetadata();
                } else {
                    entries.add(parseEntry(name));
                }
            }
            if (json.nextToken() != null) {
                throw new CheckpointException(file, "its safetensors header has text behind its end");
            }
        }

        private void parseMetadata() throws IOException {
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                expect(json.nextToken(), JsonToken.VALUE_STRING, "metadata '" + Names.shorten(key) + "'");
                metadata.put(key, json.getText());
            }
        }

        private Entry parseEntry(String name) throws IOException {
            DType type = null;
            long[] shape = null;
            long[] place = null;
            String where = "tensor '" + Names.shorten(name) + "'";
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String field = json.currentName();
                json.nextToken();
                switch (field) {
                    case "dtype" -> type = type(where, json.getText());
                    case "shape" -> shape = longs(where, MAX_RANK);
                    case "data_offsets" -> place = longs(where, 2);
                    default ->
                        throw new CheckpointException(
                                file, where + " has the unknown field '" + Names.shorten(field) + "'");
                }
            }
            if (type == null || shape == null || place == null || place.length != 2) {
                throw new CheckpointException(file, where + " lacks dtype, shape or data_offsets");
            }
            checkSize(where, type, shape, place);
            return new Entry(name, type, Shape.of(shape), place[0], place[1]);
        }

        private void checkSize(String where, DType type, long[] shape, long[] place) throws IOException {
            long needed;
            try {
                needed = type.bytes();
                for (long d : shape) {
                    needed = Math.multiplyExact(needed, d);
                }
            } catch (ArithmeticException e) {
                throw new CheckpointException(file, where + " has the impossible shape " + Arrays.toString(shape), e);
            }
            if (place[1] - place[0] != needed) {
                throw new CheckpointException(
                        file,
                        where + " " + type + " " + Arrays.toString(shape) + " needs " + needed + " bytes, but "
                                + (place[1] - place[0]) + " are given");
            }
        }

        private DType type(String where, String name) throws IOException {
            for (var type : DType.values()) {
                if (type.safetensorsName().equals(name)) {
                    return type;
                }
            }
            throw new CheckpointException(
                    file,
                    where + " has the type " + Names.shorten(name) + ", which Fovea does not read; convert it to F32");
        }

        private long[] longs(String where, int most) throws IOException {
            expect(json.currentToken(), JsonToken.START_ARRAY, where);
            var values = new long[most];
            int n = 0;
            while (json.nextToken() != JsonToken.END_ARRAY) {
                expect(json.currentToken(), JsonToken.VALUE_NUMBER_INT, where);
                long value = json.getLongValue();
                if (n == most || value < 0) {
                    throw new CheckpointException(file, where + " has a shape or place that cannot be");
                }
                values[n++] = value;
            }
            return Arrays.copyOf(values, n);
        }

        private void expect(JsonToken found, JsonToken expected, String where) throws IOException {
            if (found != expected) {
                throw new CheckpointException(
                        file, "its safetensors header is damaged: " + where + " is " + found + ", not " + expected);
            }
        }
    }
}
