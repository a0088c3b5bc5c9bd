package dev.fovea.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The table of published weights is whole, and names lead to rows and files. */
class PublishedWeightsTest {
    @TempDir
    Path folder;

    @Test
    void every_row_can_be_used() {
        assertThat(PublishedWeights.table()).hasSizeGreaterThan(150);
        var files = new HashSet<String>();
        for (var weights : PublishedWeights.table()) {
            assertThat(weights.address().getScheme()).isEqualTo("https");
            assertThat(weights.fileName())
                    .as(weights.name())
                    .contains(weights.sha256())
                    .endsWith(".pth");
            assertThat(weights.sha256()).matches("[0-9a-f]{8,64}");
            assertThat(files.add(weights.fileName())).as(weights.fileName()).isTrue();
            assertThat(weights.licence()).isNotBlank();
            assertThat(weights.preprocessing().size().width()).isPositive();
            assertThat(weights.preprocessing().channels()).isEqualTo(3);
            assertThat(weights.classes()).hasSize(1000);
        }
    }

    @Test
    void every_network_has_one_preferred_set_and_its_options_exist() {
        var models = PublishedWeights.table().stream().collect(Collectors.groupingBy(PublishedWeights::model));
        models.forEach((model, sets) -> assertThat(sets)
                .as(model)
                .filteredOn(PublishedWeights::preferred)
                .hasSize(1));
        for (var weights : PublishedWeights.all()) {
            var known = Models.get(weights.model()).options().stream().map(o -> o.name());
            assertThat(known.toList())
                    .as(weights.name())
                    .containsAll(weights.spec().options().keySet());
        }
    }

    /** A file is as large as its parameters, in float32 or float16, and a little more: a row cannot be another network's. */
    @Test
    void sizes_agree_with_parameters() {
        for (var weights : PublishedWeights.all()) {
            boolean helped = weights.options().contains("aux_logits");
            if (weights.bytes() > 0 && !helped && weights.spec().options().isEmpty()) {
                long parameters = Models.get(weights.model()).parameters();
                double bytesEach = (double) weights.bytes() / parameters;
                assertThat(bytesEach > 3 ? bytesEach / 4 : bytesEach / 2)
                        .as(weights.name())
                        .isBetween(0.99, 1.2);
            }
        }
    }

    @Test
    void names_are_found_or_answered_with_those_that_are_there() {
        assertThat(PublishedWeights.get("resnet50").tag()).isEqualTo("imagenet1k_v2");
        assertThat(PublishedWeights.get("resnet50.imagenet1k_v1").fileName()).isEqualTo("resnet50-0676ba61.pth");
        assertThatThrownBy(() -> PublishedWeights.get("resnet50.v9")).hasMessageContaining("resnet50.imagenet1k_v1");
        assertThatThrownBy(() -> PublishedWeights.get("lenet")).hasMessageContaining("fovea pull --list");
        assertThatThrownBy(() -> PublishedWeights.get("resnet5o")).hasMessageContaining("did you mean");
    }

    @Test
    void a_word_means_weights_and_a_path_does_not() {
        var resnet = ModelSpec.parse("resnet50(classes=3)");
        assertThat(PublishedWeights.meant("pretrained", resnet).orElseThrow().tag())
                .isEqualTo("imagenet1k_v2");
        assertThat(PublishedWeights.meant("pretrained.imagenet1k_v1", resnet)
                        .orElseThrow()
                        .tag())
                .isEqualTo("imagenet1k_v1");
        assertThat(PublishedWeights.meant("pretrained.pth", resnet)).isEmpty();
        assertThat(PublishedWeights.meant("weights/resnet50.pth", resnet)).isEmpty();
        assertThatThrownBy(() -> PublishedWeights.meant("pretrained", ModelSpec.of("lenet")))
                .hasMessageContaining("no published weights");
    }

    @Test
    void a_file_that_is_not_there_is_answered_with_the_way_to_it() throws Exception {
        var here = new WeightsFolder(folder);
        var weights = PublishedWeights.get("squeezenet1_1");
        assertThatThrownBy(() -> here.require(weights))
                .isInstanceOf(NoSuchFileException.class)
                .hasMessageContaining("fovea pull squeezenet1_1")
                .hasMessageContaining(weights.address().toString())
                .hasMessageContaining(folder.toString());
        Files.writeString(folder.resolve(weights.fileName()), "");
        assertThat(here.require(weights)).isEqualTo(folder.resolve(weights.fileName()));
    }
}
