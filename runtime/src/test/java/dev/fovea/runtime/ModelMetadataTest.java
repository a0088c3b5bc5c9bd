package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelMetadataTest {
    private static final Preprocessing PREPROCESSING =
            new Preprocessing(ResizePolicy.parse("stretch32x24-bicubic"), Normalize.IMAGENET);

    @Test
    void what_is_written_is_read_again() {
        var metadata = ModelMetadata.classifier(List.of("a \"b\"", "ä, ö", ""), PREPROCESSING)
                .withActivation(Activation.SIGMOID)
                .withModel("{\"name\":\"resnet18\"}")
                .withRun("birds");
        assertThat(ModelMetadata.ofMap(metadata.toMap())).isEqualTo(metadata);
        assertThat(metadata.toMap())
                .containsEntry("fovea.task", "classify")
                .containsEntry("fovea.labels", "[\"a \\\"b\\\"\",\"ä, ö\",\"\"]")
                .containsEntry("fovea.input_size", "32x24")
                .containsEntry("fovea.activation", "sigmoid")
                .containsEntry("fovea.mean", "0.485,0.456,0.406");
    }

    @Test
    void a_file_that_says_nothing_is_a_classifier_without_names() {
        var metadata = ModelMetadata.ofMap(Map.of("producer", "somebody"));
        assertThat(metadata.task()).isEqualTo("classify");
        assertThat(metadata.labels()).isEmpty();
        assertThat(metadata.preprocessing()).isEmpty();
        assertThat(metadata.activation()).isEqualTo(Activation.SOFTMAX);
    }

    @Test
    void wrong_entries_are_named() {
        for (String labels : List.of("", "{}", "[1]", "[\"a\"", "[\"a\"] x", "[\"a\",[\"b\"]]", "cat")) {
            assertThatThrownBy(() -> ModelMetadata.ofMap(Map.of("fovea.labels", labels)))
                    .as(labels)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("fovea.labels");
        }
        assertThatThrownBy(() -> ModelMetadata.ofMap(Map.of("fovea.activation", "tanh")))
                .hasMessageContaining("tanh")
                .hasMessageContaining("softmax");
        assertThatThrownBy(() -> ModelMetadata.ofMap(Map.of("fovea.mean", "0"))).hasMessageContaining("fovea.resize");
        var contradicting = new LinkedHashMap<>(PREPROCESSING.toMetadata());
        contradicting.put("fovea.input_size", "64x64");
        assertThatThrownBy(() -> ModelMetadata.ofMap(contradicting))
                .hasMessageContaining("64x64")
                .hasMessageContaining("32x24");
    }
}
