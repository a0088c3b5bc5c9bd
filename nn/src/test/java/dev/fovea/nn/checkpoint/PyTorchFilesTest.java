package dev.fovea.nn.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PyTorchFilesTest {
    @TempDir
    Path folder;

    static Path resource(String name) {
        try {
            return Path.of(PyTorchFilesTest.class.getResource("/golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode expected() throws IOException {
        return new ObjectMapper().readTree(resource("checkpoints.json").toFile());
    }

    @ParameterizedTest
    @CsvSource({"state_dict_zip.pt,PYTORCH_ZIP", "state_dict_legacy.pt,PYTORCH_LEGACY"})
    void tensors_of_every_type_and_view_equal_those_saved(String name, Checkpoint.Format format) throws IOException {
        try (var scope = Scope.open()) {
            var checkpoint = Checkpoints.read(resource(name));
            assertThat(checkpoint.format()).isEqualTo(format);
            var expected = expected().path("tensors");
            var dict = checkpoint.stateDict();
            assertThat(dict.keySet()).containsExactlyElementsOf(names(expected));
            dict.forEach((key, tensor) -> {
                var e = expected.path(key);
                assertThat(tensor.dtype().toString())
                        .as(key)
                        .isEqualTo(e.path("dtype").asText());
                assertThat(tensor.shape().toArray()).as(key).isEqualTo(longs(e.path("shape")));
                assertThat(tensor.toDoubleArray()).as(key).isEqualTo(doubles(e.path("values")));
            });
            assertThat(dict.get("base").isAliasOf(dict.get("view_row2to4"))).isTrue();
        }
    }

    private static List<String> names(JsonNode node) {
        var names = new ArrayList<String>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static double[] doubles(JsonNode node) {
        return StreamSupport.stream(node.spliterator(), false)
                .mapToDouble(JsonNode::asDouble)
                .toArray();
    }

    private static long[] longs(JsonNode node) {
        return Arrays.stream(doubles(node)).mapToLong(d -> (long) d).toArray();
    }

    @Test
    void a_training_checkpoint_is_read_as_a_tree_whose_state_dict_is_found() throws IOException {
        try (var scope = Scope.open()) {
            var checkpoint = Checkpoints.read(resource("training_checkpoint_zip.pt"));
            assertThat(checkpoint.get("epoch")).contains(3L);
            assertThat(checkpoint.get("lr")).contains(0.125);
            assertThat(checkpoint.get("name")).contains("a string");
            assertThat(checkpoint.get("flags")).contains(Arrays.asList(true, false, null));
            assertThat(checkpoint.get("shape")).contains(List.of(2L, 3L));
            assertThat(checkpoint.get("nothing")).isEmpty();
            assertThat(checkpoint.stateDict().keySet())
                    .containsExactly(
                            "0.weight",
                            "0.bias",
                            "1.weight",
                            "1.bias",
                            "1.running_mean",
                            "1.running_var",
                            "1.num_batches_tracked");
            var tensors = checkpoint.tensors();
            assertThat(tensors.keySet()).contains("model.0.weight", "nested.t.0", "nested.t.1.x", "param");
            assertThat(tensors.get("nested.t.0").toLongArray()).containsExactly(0, 1, 2);
            assertThat(tensors.get("nested.t.1.x").toFloatArray()).containsExactly(1);
            assertThat(tensors.get("param").toFloatArray()).containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    void tensors_live_in_the_scope_of_the_reader() throws IOException {
        Map<String, Tensor> dict;
        try (var scope = Scope.open()) {
            dict = Checkpoints.read(resource("state_dict_legacy.pt")).stateDict();
        }
        assertThat(dict.values()).allMatch(Tensor::isClosed);
    }

    @ParameterizedTest
    @CsvSource({
        "resnet20_cifar10.th, 97, conv1.weight",
        "lenet_mnist.pth, 10, convnet.c1.weight",
        "mobilenet_v2_imagenet.pth, 314, features.0.0.weight",
        "squeezenet1_0_imagenet.pth, 52, features.0.weight",
        "vae_mnist.pth, 10, fc1.weight",
        "vit_tiny_mnist.pth, 0, class_token",
        "ultraface_rfb320.pth, 0, ''",
        "mtcnn_pnet.pt, 0, conv1.weight",
        "mtcnn_rnet.pt, 0, conv1.weight",
        "mtcnn_onet.pt, 0, conv1.weight"
    })
    void published_files_give_their_state_dict(String name, int count, String key) throws IOException {
        var file = sharedWeights(name);
        try (var scope = Scope.open()) {
            var dict = Checkpoints.read(file).stateDict();
            assertThat(dict).hasSizeGreaterThan(1);
            if (count > 0) {
                assertThat(dict).hasSizeGreaterThanOrEqualTo(count);
            }
            if (!key.isEmpty()) {
                assertThat(dict).containsKey(key);
            }
            assertThat(dict.keySet()).noneMatch(k -> k.startsWith("module."));
            dict.values().stream()
                    .filter(t -> t.dtype().isFloating())
                    .forEach(t -> assertThat(t.isfinite().toByteArray()).doesNotContain(0));
        }
    }

    private static Path sharedWeights(String name) {
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            for (Path place : List.of(p.resolve("shared"), p.resolveSibling("shared"))) {
                var file = place.resolve("data/weights").resolve(name);
                if (Files.exists(file)) {
                    return file;
                }
            }
        }
        Assumptions.abort("shared/data is not here");
        throw new AssertionError();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<!DOCTYPE html><html>",
                "version https://git-lfs.github.com/spec/v1\noid",
                "\u0089HDF\r\n\u001a\n",
                "hello",
                "\u0080\u0002.",
                "PK\u0003\u0004",
                "\u0002\u0000\u0000\u0000\u0000\u0000\u0000\u0000{",
                "\u0000\u0000\u0000"
            })
    void another_kind_of_file_is_named_in_one_sentence(String content) throws IOException {
        var file = Files.write(folder.resolve("odd"), content.getBytes(StandardCharsets.ISO_8859_1));
        assertThatThrownBy(() -> Checkpoints.read(file))
                .isInstanceOf(CheckpointException.class)
                .hasMessageStartingWith(file.toString())
                .message()
                .doesNotContain("\n", "Exception");
    }

    @Test
    void missing_files_and_folders_are_named() {
        assertThatThrownBy(() -> Checkpoints.read(folder.resolve("no.pth"))).hasMessageContaining("no such file");
        assertThatThrownBy(() -> Checkpoints.read(folder)).hasMessageContaining("is a folder");
    }
}
