package dev.fovea.serve;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An inference request of the Open Inference Protocol v2, with its binary tensor extension: JSON, after which tensors may follow as raw bytes.
 *
 * @param id is repeated in the answer; empty if there is none
 * @param inputs its tensors
 * @param outputs the wanted outputs, each with whether as raw bytes; empty for all
 * @param binaryOutput whether outputs come as raw bytes unless they say otherwise
 */
record InferRequest(String id, List<Input> inputs, Map<String, Boolean> outputs, boolean binaryOutput) {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(20)
                    .maxStringLength(10_000)
                    .maxNameLength(200)
                    .build())
            .build();

    /**
     * A tensor.
     *
     * @param values its elements, little endian
     */
    record Input(String name, String type, List<Integer> shape, ByteBuffer values) {}

    /** What JSON says of a tensor before its raw bytes are known. */
    private static final class Described {
        private String name = "";
        private String type = "";
        private List<Integer> shape = List.of();
        private double[] data;
        private int count;
        private int binarySize = -1;
        private Boolean binary;
    }

    /**
     * Reads a body.
     *
     * @param jsonLength the length of its JSON part, the rest being raw bytes; the whole body where nothing is said
     */
    static InferRequest parse(byte[] body, int jsonLength) {
        if (jsonLength < 0 || jsonLength > body.length) {
            throw Problem.badRequest(
                    "Inference-Header-Content-Length is " + jsonLength + ", the body has " + body.length + " bytes");
        }
        try (var parser = JSON.createParser(body, 0, jsonLength)) {
            return new Reader(parser).read(ByteBuffer.wrap(body, jsonLength, body.length - jsonLength));
        } catch (JacksonException e) {
            throw Problem.badRequest("the JSON cannot be read: " + Problem.shown(e.getOriginalMessage()));
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail
        }
    }

    private record Reader(JsonParser parser) {
        InferRequest read(ByteBuffer raw) throws IOException {
            String id = "";
            boolean binaryOutput = false;
            List<Described> inputs = List.of();
            List<Described> outputs = List.of();
            expect(parser.nextToken() == JsonToken.START_OBJECT, "an object");
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                switch (key) {
                    case "id" -> id = text("id");
                    case "inputs" -> inputs = tensors();
                    case "outputs" -> outputs = tensors();
                    case "parameters" -> {
                        var parameters = parameters();
                        binaryOutput = Boolean.TRUE.equals(parameters.get("binary_data_output"));
                    }
                    default -> throw Problem.badRequest("unknown member '" + Problem.shown(key) + "'");
                }
            }
            expect(parser.currentToken() == JsonToken.END_OBJECT && parser.nextToken() == null, "one object");
            var tensors = new ArrayList<Input>();
            for (var input : inputs) {
                tensors.add(new Input(input.name, input.type, input.shape, values(input, raw)));
            }
            if (raw.hasRemaining()) {
                throw Problem.badRequest(raw.remaining() + " bytes follow the last tensor");
            }
            var wanted = new LinkedHashMap<String, Boolean>();
            for (var output : outputs) {
                wanted.put(output.name, output.binary == null ? binaryOutput : output.binary);
            }
            return new InferRequest(id, tensors, wanted, binaryOutput);
        }

        private List<Described> tensors() throws IOException {
            expect(parser.currentToken() == JsonToken.START_ARRAY, "an array of tensors");
            var tensors = new ArrayList<Described>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(parser.currentToken() == JsonToken.START_OBJECT && tensors.size() < 16, "at most 16 tensors");
                tensors.add(tensor());
            }
            return tensors;
        }

        private Described tensor() throws IOException {
            var tensor = new Described();
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                parser.nextToken();
                switch (key) {
                    case "name" -> tensor.name = text(key);
                    case "datatype" -> tensor.type = text(key);
                    case "shape" -> tensor.shape = shape();
                    case "data" -> data(tensor);
                    case "parameters" -> {
                        var parameters = parameters();
                        if (parameters.get("binary_data_size") instanceof Integer size) {
                            tensor.binarySize = size;
                        }
                        if (parameters.get("binary_data") instanceof Boolean binary) {
                            tensor.binary = binary;
                        }
                    }
                    default -> throw Problem.badRequest("unknown member '" + Problem.shown(key) + "' of a tensor");
                }
            }
            return tensor;
        }

        private String text(String key) throws IOException {
            expect(parser.currentToken() == JsonToken.VALUE_STRING, key + " as a string");
            return parser.getText();
        }

        private List<Integer> shape() throws IOException {
            expect(parser.currentToken() == JsonToken.START_ARRAY, "shape as an array of numbers");
            var shape = new ArrayList<Integer>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(parser.currentToken() == JsonToken.VALUE_NUMBER_INT && shape.size() < 8, "shape as few numbers");
                shape.add(parser.getIntValue());
            }
            return shape;
        }

        /** Numbers, flat or in rows. */
        private void data(Described tensor) throws IOException {
            expect(parser.currentToken() == JsonToken.START_ARRAY, "data as an array of numbers");
            tensor.data = new double[1024];
            int depth = 1;
            while (depth > 0) {
                var token = parser.nextToken();
                if (token == JsonToken.START_ARRAY) {
                    depth++;
                } else if (token == JsonToken.END_ARRAY) {
                    depth--;
                } else {
                    expect(token != null && token.isNumeric(), "numbers in data");
                    if (tensor.count == tensor.data.length) {
                        tensor.data = Arrays.copyOf(tensor.data, tensor.count * 2);
                    }
                    tensor.data[tensor.count++] = parser.getDoubleValue();
                }
            }
        }

        /** Flags and numbers; others are not used and skipped. */
        private Map<String, Object> parameters() throws IOException {
            expect(parser.currentToken() == JsonToken.START_OBJECT, "parameters as an object");
            var parameters = new LinkedHashMap<String, Object>();
            for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
                switch (parser.nextToken()) {
                    case VALUE_TRUE -> parameters.put(key, true);
                    case VALUE_FALSE -> parameters.put(key, false);
                    case VALUE_NUMBER_INT -> parameters.put(key, parser.getIntValue());
                    default -> parser.skipChildren();
                }
            }
            return parameters;
        }

        private static ByteBuffer values(Described input, ByteBuffer raw) {
            if (input.data != null) {
                return encode(input);
            }
            if (input.binarySize < 0 || input.binarySize > raw.remaining()) {
                throw Problem.badRequest("tensor '" + Problem.shown(input.name) + "' has neither data nor"
                        + " binary_data_size bytes after the JSON (" + raw.remaining() + " are left)");
            }
            var values = raw.slice(raw.position(), input.binarySize);
            raw.position(raw.position() + input.binarySize);
            return values;
        }

        private static ByteBuffer encode(Described input) {
            boolean floats = !input.type.equals("UINT8");
            var bytes = ByteBuffer.allocate(Math.multiplyExact(input.count, floats ? Float.BYTES : 1))
                    .order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < input.count; i++) {
                double value = input.data[i];
                if (floats) {
                    bytes.putFloat((float) value);
                } else {
                    if (value < 0 || value > 255 || value != Math.rint(value)) {
                        throw Problem.badRequest("UINT8 holds whole numbers 0-255, got " + value);
                    }
                    bytes.put((byte) value);
                }
            }
            return bytes.flip();
        }

        private static void expect(boolean met, String what) {
            if (!met) {
                throw Problem.badRequest("malformed inference request: expected " + what);
            }
        }
    }
}
