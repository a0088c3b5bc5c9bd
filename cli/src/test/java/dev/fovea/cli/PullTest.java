package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.weights.PublishedWeights;
import dev.fovea.models.weights.WeightsFolder;
import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Published weights from the command line, with nothing fetched from anywhere. */
class PullTest {
    @TempDir
    Path temp;

    @BeforeEach
    void home() {
        System.setProperty("fovea.home", temp.resolve("home").toString());
    }

    @AfterEach
    void forget() {
        System.clearProperty("fovea.home");
    }

    private Path putThere(String name) throws IOException {
        var weights = PublishedWeights.get(name);
        var file = WeightsFolder.standard().place(weights);
        Files.createDirectories(file.getParent());
        try (var network = Models.build(ModelSpec.of(weights.model()))) {
            Safetensors.write(file, network.stateDict(), Map.of());
        }
        return file;
    }

    @Test
    void what_can_be_fetched_is_listed() throws IOException {
        var call = Call.of("pull", "--list", "squeezenet1_1", "--json");
        assertThat(call.code()).as(call.err()).isZero();
        var first = call.json().at("/weights/0");
        assertThat(first.get("name").asText()).isEqualTo("squeezenet1_1.imagenet1k_v1");
        assertThat(first.get("address").asText())
                .isEqualTo("https://download.pytorch.org/models/squeezenet1_1-b8a52dc0.pth");
        assertThat(first.get("file").asText()).startsWith(temp.toString());
        assertThat(first.get("here").asBoolean()).isFalse();
        assertThat(Call.of("pull", "--list").out()).contains("resnet50.imagenet1k_v2", "BSD-3-Clause");
    }

    @Test
    void wrong_calls_are_answered() {
        assertThat(Call.of("pull").err()).contains("--list");
        assertThat(Call.of("pull", "resnet5o").err()).contains("did you mean");
        var own = Call.of("pull", "mlp");
        assertThat(own.code()).isEqualTo(Main.WRONG_CALL);
        assertThat(own.err()).contains("no published weights");
    }

    @Test
    void a_file_with_a_wrong_checksum_is_not_taken_for_the_published_one() throws IOException {
        var file = putThere("squeezenet1_1");
        var call = Call.of("pull", "squeezenet1_1");
        assertThat(call.code()).isEqualTo(Main.FAILED);
        assertThat(call.err()).contains("SHA-256", file.toString(), "delete it");
    }

    @Test
    void pretrained_finds_the_file_labels_and_preparation() throws IOException {
        var picture = temp.resolve("cat.png");
        ImageWriter.write(Image.filled(300, 260, 90, 120, 40), picture);
        var missing = Call.of("predict", "--model", "squeezenet1_1", "--weights", "pretrained", picture);
        assertThat(missing.code()).isEqualTo(Main.WRONG_CALL);
        assertThat(missing.err()).contains("fovea pull squeezenet1_1", "squeezenet1_1-b8a52dc0.pth");
        putThere("squeezenet1_1");
        var call = Call.of("predict", "--model", "squeezenet1_1", "--weights", "pretrained", picture, "--json");
        assertThat(call.code()).as(call.err()).isZero();
        var labels = PublishedWeights.get("squeezenet1_1").classes();
        assertThat(labels).contains(call.json().findValue("class").asText());
    }

    @Test
    void a_picture_of_a_network_is_written() {
        var file = temp.resolve("net.svg");
        var call = Call.of("models", "show", "lenet", "--svg", file);
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.out()).contains("drawn into " + file);
        assertThat(file).content().startsWith("<svg").contains("5×5 conv 6");
    }
}
