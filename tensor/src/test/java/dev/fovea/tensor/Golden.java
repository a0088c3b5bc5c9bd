package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The reference's results, and the generator of the inputs they were computed from. */
final class Golden {
    private static final Map<String, double[]> RESULTS = read();

    private Golden() {}

    private static Map<String, double[]> read() {
        var results = new HashMap<String, double[]>();
        try (var in = new BufferedReader(
                new InputStreamReader(Golden.class.getResourceAsStream("golden-ops.txt"), StandardCharsets.UTF_8))) {
            in.lines().filter(l -> !l.startsWith("#")).forEach(line -> {
                int tab = line.indexOf('\t');
                results.put(
                        line.substring(0, tab),
                        Arrays.stream(line.substring(tab + 1).split(" "))
                                .mapToDouble(Double::parseDouble)
                                .toArray());
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return results;
    }

    static double[] values(String name) {
        var found = RESULTS.get(name);
        assertThat(found).as("golden %s", name).isNotNull();
        return found;
    }

    static Tensor row(String name) {
        var v = values(name);
        return Tensor.of(v, v.length).to(DType.FLOAT32);
    }

    /** Uniform numbers u of a name: FNV-1a of the name, then splitmix64 by place. */
    static Tensor uniform(String name, long... shape) {
        long hash = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
        }
        var data = new double[(int) Shape.of(shape).numel()];
        for (int i = 0; i < data.length; i++) {
            long z = hash + i + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            data[i] = ((z ^ (z >>> 31)) >>> 40) / 0x1p24;
        }
        return Tensor.of(data, shape);
    }

    /** 2u - 1 of a name, float32. */
    static Tensor signed(String name, long... shape) {
        return uniform(name, shape).mul(2).sub(1).to(DType.FLOAT32);
    }

    static void assertEqual(Tensor actual, String name) {
        var expected = values(name);
        var got = actual.toDoubleArray();
        assertThat(got).as(name).hasSameSizeAs(expected);
        for (int i = 0; i < got.length; i++) {
            assertThat(Math.abs(got[i] - expected[i]))
                    .as("%s at %d: expected %s, got %s", name, i, expected[i], got[i])
                    .isLessThanOrEqualTo(2e-6 + 1e-5 * Math.abs(expected[i]));
        }
    }
}
