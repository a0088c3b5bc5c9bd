package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.stream.StreamSupport;

/** Numbers that the reference implementation gave for weights and inputs that both sides make from names. */
final class Golden {
    private Golden() {}

    static JsonNode read(String resource) {
        try (var in = Golden.class.getResourceAsStream(resource)) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + resource, e);
        }
    }

    /** The i-th number of a name's sequence, 0 to 1: splitmix64 of a hash of the name. */
    private static double number(long hash, long i) {
        long z = hash + i + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z = z ^ (z >>> 31);
        return (z >>> 40) / (double) (1 << 24);
    }

    private static long hash(String name) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * 0x100000001b3L;
        }
        return h;
    }

    /** An input: {@code 2 u - 1}. */
    static Tensor input(String name, long... shape) {
        long h = hash(name);
        var values = new float[(int) Shape.of(shape).numel()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2.0 * number(h, i) - 1.0);
        }
        return Tensor.of(values, shape);
    }

    /** Gives every tensor of a module the values that follow from its key. */
    static <M extends Module> M fill(M module) {
        var tensors = new LinkedHashMap<String, Tensor>();
        module.stateDict().forEach((key, tensor) -> {
            if (tensor.dtype().isFloating()) {
                tensors.put(
                        key,
                        Tensor.of(values(key, tensor.shape()), tensor.shape().toArray()));
            } else {
                tensors.put(key, tensor);
            }
        });
        module.loadStrict(tensors);
        module.eval();
        return module;
    }

    private static float[] values(String key, Shape shape) {
        long h = hash(key);
        var values = new float[(int) shape.numel()];
        double bound = shape.rank() < 2 ? 0 : Math.sqrt(6.0 / ((double) shape.numel() / shape.dim(0)));
        for (int i = 0; i < values.length; i++) {
            double u = number(h, i);
            if (shape.rank() >= 2) {
                values[i] = (float) ((2.0 * u - 1.0) * bound);
            } else {
                values[i] = (float) (key.endsWith("weight") ? 0.5 + u : (u - 0.5) * 0.2);
            }
        }
        return values;
    }

    static void assertKeys(JsonNode golden, Module module) {
        var expected = StreamSupport.stream(golden.get("keys").spliterator(), false)
                .map(k -> k.get(0).asText() + " " + k.get(1))
                .toList();
        var actual = module.stateDict().entrySet().stream()
                .map(e -> e.getKey() + " " + e.getValue().shape().toString().replace(" ", ""))
                .toList();
        assertThat(actual).isEqualTo(expected);
    }

    /** Compares all values: the largest difference over the deviation of the expected ones is below 1e-5. */
    static void assertValues(JsonNode expected, Tensor actual) {
        assertThat(actual.shape().toString().replace(" ", ""))
                .isEqualTo(expected.get("shape").toString());
        assertClose(expected.get("all"), actual);
    }

    static void assertClose(JsonNode expected, Tensor actual) {
        var values = actual.toFloatArray();
        assertThat(values).hasSize(expected.size());
        double sum = 0;
        double squares = 0;
        double difference = 0;
        for (int i = 0; i < values.length; i++) {
            double e = expected.get(i).asDouble();
            sum += e;
            squares += e * e;
            difference = Math.max(difference, Math.abs(e - values[i]));
        }
        double std = Math.sqrt(squares / values.length - sum * sum / values.length / values.length);
        assertThat(difference / std).isLessThan(1e-5);
    }
}
