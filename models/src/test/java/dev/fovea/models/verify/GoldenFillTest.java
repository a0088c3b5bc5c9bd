package dev.fovea.models.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.verify.GoldenFill.Rule;
import dev.fovea.tensor.Shape;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GoldenFillTest {
    private static JsonNode vectors() throws IOException {
        try (var in = GoldenFillTest.class.getResourceAsStream("/golden/fill.json")) {
            return new ObjectMapper().readTree(in);
        }
    }

    @Test
    void hash_and_generator_give_the_published_numbers() throws IOException {
        assertThat(Long.toHexString(GoldenFill.hash("")))
                .isEqualTo(vectors().path("fnv1a64_of_empty_string").asText());
        assertThat(Long.toHexString(GoldenFill.splitmix64(0)))
                .isEqualTo(vectors().path("splitmix64_of_0").asText());
    }

    @TestFactory
    Stream<DynamicTest> every_test_vector_is_met_bit_for_bit() throws IOException {
        return vectors().path("cases").properties().stream()
                .map(c -> DynamicTest.dynamicTest(c.getKey(), () -> check(c.getValue())));
    }

    private static void check(JsonNode vector) throws IOException {
        var shape = TensorSummary.shape(vector.path("shape"));
        var fill =
                new GoldenFill(vector.path("salt").asText(), vector.path("gain").asDouble(1));
        String name = vector.path("name").asText();
        assertThat(Long.toHexString(GoldenFill.hash(fill.salt() + name)))
                .isEqualTo(vector.path("hash_hex").asText());
        float[] values;
        if (vector.path("rule").asText().equals("input")) {
            try (var input = fill.input(name, shape.toArray())) {
                values = input.toFloatArray();
            }
        } else {
            values = fill.values(name, shape.toArray());
        }
        for (int i = 0; i < vector.path("index").size(); i++) {
            float value = values[vector.path("index").get(i).intValue()];
            assertThat(String.format("%08x", Float.floatToRawIntBits(value)))
                    .as("value %d", vector.path("index").get(i).intValue())
                    .isEqualTo(vector.path("float_bits_hex").get(i).asText());
        }
    }

    @Test
    void the_first_rule_that_fits_a_key_is_used() {
        assertThat(rule("bn1.num_batches_tracked", false)).isEqualTo(Rule.KEEP);
        assertThat(rule("attn.relative_coords_table", true, 1, 15, 15, 2)).isEqualTo(Rule.KEEP);
        assertThat(rule("block.skipinit_gain", true)).isEqualTo(Rule.AROUND_ONE);
        assertThat(rule("conv.weight_g", true, 8, 1, 1, 1)).isEqualTo(Rule.AROUND_ONE);
        assertThat(rule("logit_scale", true)).isEqualTo(Rule.KEEP);
        assertThat(rule("bn.running_var", true, 8)).isEqualTo(Rule.AROUND_ONE);
        assertThat(rule("bn.running_mean", true, 8)).isEqualTo(Rule.SMALL);
        assertThat(rule("encoder.pos_embedding", true, 1, 17, 8)).isEqualTo(Rule.EMBEDDING);
        assertThat(rule("prompt.point_embeddings.2.weight", true, 1, 8)).isEqualTo(Rule.EMBEDDING);
        assertThat(rule("digitcaps.weight", true, 10, 8)).isEqualTo(Rule.CAPSULE);
        assertThat(rule("x.digitcaps.weight", true, 10, 8)).isEqualTo(Rule.FAN);
        assertThat(rule("query_embed.weight", true, 100, 8)).isEqualTo(Rule.QUERY);
        assertThat(rule("fc.weight", true, 10, 8)).isEqualTo(Rule.FAN);
        assertThat(rule("bn.weight", true, 8)).isEqualTo(Rule.AROUND_ONE);
        assertThat(rule("attn.in_proj_bias", true, 8)).isEqualTo(Rule.SMALL);
    }

    private static Rule rule(String key, boolean floating, long... shape) {
        return GoldenFill.rule(key, Shape.of(shape), floating);
    }

    @Test
    void sample_places_equal_the_example() throws IOException {
        var example = vectors().path("sample_index_example");
        for (int j = 0; j < 16; j++) {
            assertThat(TensorSummary.sampleIndex(j, example.path("n").intValue()))
                    .isEqualTo(example.path("index").get(j).intValue());
        }
    }

    @Test
    void a_tensor_too_large_to_fill_is_refused_before_memory_is_taken() {
        assertThatThrownBy(() -> new GoldenFill("", 1).values("w", 1 << 16, 1 << 16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("w: [65536, 65536]");
    }
}
