package dev.fovea.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class ModelSpecTest {
    @Test
    void text_gives_numbers_texts_flags_and_lists() {
        var spec = ModelSpec.parse(
                "resnet50(classes=10, width_mult=0.5, stem=small, zero_init_residual=true, layers=[1, 2], arch=\"a-b,c\")");
        assertThat(spec.name()).isEqualTo("resnet50");
        assertThat(spec.options())
                .isEqualTo(Map.of(
                        "classes",
                        10,
                        "width_mult",
                        0.5,
                        "stem",
                        "small",
                        "zero_init_residual",
                        true,
                        "layers",
                        List.of(1, 2),
                        "arch",
                        "a-b,c"));
        assertThat(spec.options().keySet()).startsWith("classes", "width_mult");
    }

    @Test
    void a_bare_name_has_no_options() {
        assertThat(ModelSpec.parse(" alexnet "))
                .isEqualTo(ModelSpec.of("alexnet"))
                .hasToString("alexnet");
    }

    @Test
    void broken_text_is_named() {
        assertThatThrownBy(() -> ModelSpec.parse("resnet50(classes=10")).hasMessageContaining("expected ')'");
        assertThatThrownBy(() -> ModelSpec.parse("resnet50(classes)")).hasMessageContaining("expected option=value");
        assertThatThrownBy(() -> ModelSpec.parse("a(b=1, b=2)")).hasMessageContaining("'b' is given twice");
        assertThatThrownBy(() -> ModelSpec.parse("../x(b=1)")).hasMessageContaining("a model's name has letters");
        assertThatThrownBy(() -> ModelSpec.fromJson("{\"options\": {}}")).hasMessageContaining("a text 'model'");
        assertThatThrownBy(() -> ModelSpec.fromJson("{")).hasMessageContaining("not JSON");
    }

    @Property(tries = 200)
    void both_forms_are_read_back(@ForAll("values") Object value) {
        var spec = ModelSpec.of("resnet18").with("first", 1).with("second", value);
        assertThat(ModelSpec.parse(spec.toString())).isEqualTo(spec);
        assertThat(ModelSpec.fromJson(spec.toJson())).isEqualTo(spec);
    }

    @Provide
    Arbitrary<Object> values() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(12).filter(s -> s.codePoints()
                        .allMatch(ModelSpecTest::isWhole)),
                Arbitraries.of("true", "null", "12", "a,b", "a)b", "\"", "[", "small"),
                Arbitraries.integers(),
                Arbitraries.doubles(),
                Arbitraries.of(true, false),
                Arbitraries.integers().list().ofMaxSize(3));
    }

    /** Half of a surrogate pair is no text that JSON could carry. */
    private static boolean isWhole(int codePoint) {
        return codePoint < Character.MIN_SURROGATE || codePoint > Character.MAX_SURROGATE;
    }
}
