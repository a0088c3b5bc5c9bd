package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The image operations against stored results of the reference; see the head of {@code golden-pixels.txt}. */
class GoldenPixelsTest {
    private static final String RESOURCE = "golden-pixels.txt";

    /** How a stored case is compared, {@code sha256} or {@code pixels}, and with what. */
    private record Expected(String kind, String value) {}

    @TestFactory
    Stream<DynamicTest> operation_gives_the_pixels_of_the_reference() throws IOException {
        Map<String, UnaryOperator<Image>> operations = GoldenOperations.all();
        return stored().entrySet().stream()
                .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> {
                    List<String> name = List.of(e.getKey().split("/", -1));
                    byte[] actual = operations
                            .get(e.getKey())
                            .apply(GoldenOperations.image(name.get(1)))
                            .pixels();
                    if (e.getValue().kind.equals("sha256")) {
                        assertThat(sha256(actual)).isEqualTo(e.getValue().value);
                    } else {
                        assertThat(actual)
                                .satisfies(pixels ->
                                        assertClose(pixels, Base64.getDecoder().decode(e.getValue().value)));
                    }
                }));
    }

    @Test
    void every_operation_has_a_stored_result() throws IOException {
        assertThat(stored()).containsOnlyKeys(GoldenOperations.all().keySet());
    }

    private static void assertClose(byte[] actual, byte[] expected) {
        assertThat(actual).hasSameSizeAs(expected);
        int different = 0;
        for (int i = 0; i < actual.length; i++) {
            int distance = Math.abs((actual[i] & 0xff) - (expected[i] & 0xff));
            assertThat(distance).as("value %d", i).isLessThanOrEqualTo(1);
            different += distance;
        }
        assertThat(different / (double) actual.length).isLessThanOrEqualTo(0.01);
    }

    private static Map<String, Expected> stored() throws IOException {
        var cases = new TreeMap<String, Expected>();
        try (var in = GoldenPixelsTest.class.getResourceAsStream(RESOURCE)) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList()) {
                List<String> parts = List.of(line.split(" ", -1));
                cases.put(parts.get(0), new Expected(parts.get(1), parts.get(2)));
            }
        }
        return cases;
    }

    private static String sha256(byte[] bytes) throws NoSuchAlgorithmException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }
}
