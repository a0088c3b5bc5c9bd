package dev.fovea.models.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fovea.models.SharedData;
import dev.fovea.models.verify.GoldenResult.Outcome;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VerificationTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private static Path golden(String model) {
        try {
            return Path.of(VerificationTest.class
                    .getResource("/golden/" + model + ".json")
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet18",
                "resnet50",
                "mobilenet_v2",
                "mobilenet_v3_small",
                "mobilenet_v3_large",
                "squeezenet1_1",
                "alexnet",
                "googlenet_aux",
                "googlenet_transform_input",
                "inception_v3",
                "densenet121",
                "capsnet",
                "shufflenet_v2_x1_0",
                "mnasnet1_0",
                "efficientnet_b0",
                "tf_efficientnet_b0",
                "regnet_y_400mf"
            })
    void network_equals_its_reference(String model) throws IOException {
        var report = Verification.run(golden(model));
        assertThat(report.failed()).as(report.toText()).isFalse();
        assertThat(report.results()).singleElement().satisfies(r -> {
            assertThat(r.outcome()).isEqualTo(Outcome.PASSED);
            assertThat(r.comparisons()).hasSizeGreaterThan(7);
        });
    }

    /** Files too many or too heavy to keep here. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "resnet152",
                "resnext50_32x4d",
                "wide_resnet50_2",
                "vgg11",
                "vgg16_bn",
                "inception_v3_aux",
                "vit_b_16",
                "vit_b_32",
                "efficientnet_b4",
                "efficientnet_v2_s"
            })
    void network_equals_its_reference_in_the_shared_goldens(String model) throws IOException {
        var report = Verification.run(SharedData.require("golden/classification/" + model + ".json"));
        assertThat(report.count(Outcome.PASSED)).as(report.toText()).isOne();
    }

    /** A copy of a golden file with something changed. */
    private Path changed(String model, Consumer<ObjectNode> change) throws IOException {
        var root = (ObjectNode) JSON.readTree(Files.readAllBytes(golden(model)));
        change.accept(root);
        return Files.write(folder.resolve(model + ".json"), JSON.writeValueAsBytes(root));
    }

    private GoldenResult only(Path file) throws IOException {
        return Verification.run(file).results().get(0);
    }

    @Test
    void another_salt_changes_the_numbers_and_fails_with_the_output_named() throws IOException {
        var result = only(changed("mobilenet_v3_small", root -> root.put("salt", "x:")));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.comparisons())
                .anySatisfy(c -> assertThat(c.name()).isEqualTo("out"))
                .allSatisfy(c -> assertThat(c.passed()).isFalse());
    }

    @Test
    void an_output_of_a_class_that_there_is_not_is_a_failure_of_that_file() throws IOException {
        var result = only(changed("capsnet", root -> {
            var outputs = (ObjectNode) root.path("output");
            outputs.set("reconstruction_of_class10", outputs.path("reconstruction_of_class4"));
        }));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.problems()).containsExactly("the file has an output of class 10, the network has 10");
    }

    @Test
    void a_missing_and_an_unexpected_key_are_named() throws IOException {
        var result = only(changed("resnet18", root -> ((ArrayNode) root.path("keys"))
                .set(0, JSON.createArrayNode().add("stem.weight").add(JSON.createArrayNode()))));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.problems())
                .anyMatch(p -> p.contains("1 missing keys: stem.weight []"))
                .anyMatch(p -> p.contains("1 unexpected keys: conv1.weight [64, 3, 7, 7]"));
    }

    @Test
    void keys_in_another_order_fail() throws IOException {
        var result = only(changed("resnet18", root -> {
            var keys = (ArrayNode) root.path("keys");
            keys.add(keys.remove(0));
        }));
        assertThat(result.problems()).anyMatch(p -> p.contains("the same keys in another order, from bn1.weight on"));
    }

    @Test
    void an_option_the_network_does_not_have_is_a_failure_of_that_file() throws IOException {
        var result = only(changed("resnet18", root -> ((ObjectNode) root.path("args")).put("wibble", 3)));
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.problems()).singleElement().asString().contains("no option 'wibble'");
    }

    @Test
    void constructor_arguments_change_the_network() throws IOException {
        var result = only(changed("resnet18", root -> ((ObjectNode) root.path("args")).put("num_classes", 7)));
        assertThat(result.spec()).isEqualTo("resnet18(classes=7)");
        assertThat(result.problems()).anyMatch(p -> p.contains("missing keys: fc.weight [1000, 512]"));
    }

    @Test
    void references_name_the_network_in_the_words_of_their_libraries() throws IOException {
        var result = only(changed("mobilenet_v3_small", root -> {
            root.put("model", "something else");
            root.put("reference", "huggingface/pytorch-image-models@v0, timm.create_model resnet18");
            ((ObjectNode) root.path("args")).put("num_classes", 7).put("in_chans", 1);
        }));
        assertThat(result.spec()).isEqualTo("resnet18(classes=7, in_channels=1)");
        var unknown = only(changed("mobilenet_v3_small", root -> root.put("reference", "timm.create_model xyz")));
        assertThat(unknown.outcome()).isEqualTo(Outcome.NOT_REGISTERED);
    }

    @Test
    void unknown_networks_and_other_json_are_listed_but_do_not_fail() throws IOException {
        Files.writeString(folder.resolve("a.json"), "{\"cases\": []}");
        Files.writeString(folder.resolve("b.json"), "{\"model\": \"transmogrifier\", \"keys\": []}");
        Files.writeString(folder.resolve("c.txt"), "not looked at");
        var report = Verification.run(folder);
        assertThat(report.results())
                .extracting(GoldenResult::outcome)
                .containsExactly(Outcome.OTHER, Outcome.NOT_REGISTERED);
        assertThat(report.failed()).isFalse();
        assertThat(report.toText()).contains("transmogrifier", "not registered", "1 other files");
    }

    @Test
    void broken_json_and_impossible_shapes_fail_with_the_file_named() throws IOException {
        Files.writeString(folder.resolve("a.json"), "{\"model\": ");
        Files.writeString(
                folder.resolve("b.json"),
                "{\"model\": \"resnet18\", \"keys\": [], \"input_shape\": [1000000, 3, 1000, 1000]}");
        var report = Verification.run(folder);
        assertThat(report.failed()).isTrue();
        assertThat(report.results()).allMatch(r -> r.outcome() == Outcome.UNREADABLE);
        assertThat(report.toText()).contains("a.json", "not JSON", "b.json", "an input of shape");
    }

    @Test
    void a_folder_that_is_not_there_is_named() {
        assertThatThrownBy(() -> Verification.run(folder.resolve("nowhere")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("nowhere does not exist");
    }

    @Test
    void the_json_report_can_be_read_back() throws IOException {
        var report = Verification.run(golden("squeezenet1_1"));
        var json = JSON.readTree(report.toJson());
        assertThat(json.path("failed").booleanValue()).isFalse();
        assertThat(json.path("passed").intValue()).isEqualTo(1);
        assertThat(json.path("results").get(0).path("output").doubleValue()).isBetween(0.0, 1e-4);
    }
}
