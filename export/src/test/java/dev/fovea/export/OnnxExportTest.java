package dev.fovea.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.export.lower.CannotExportException;
import dev.fovea.models.Backbone;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.runtime.Classifier;
import dev.fovea.runtime.ModelMetadata;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxExportTest {
    private static final Size SIZE = Size.square(32);

    @TempDir
    Path folder;

    private Backbone network;

    @BeforeEach
    void build() {
        network = Models.classify("resnet20_cifar", Map.of("classes", 4));
        new GoldenFill("export/", 1).fill(network);
    }

    @AfterEach
    void close() {
        network.close();
    }

    private List<Path> left() throws IOException {
        try (var files = Files.list(folder)) {
            return files.toList();
        }
    }

    @Test
    void normalisation_is_folded_and_weights_keep_their_names() {
        var graph = OnnxExport.graph(network, SIZE, ExportOptions.STANDARD);
        assertThat(ExportReport.operators(graph))
                .doesNotContainKey("BatchNormalization")
                .containsEntry("Conv", 19);
        assertThat(graph.constants())
                .containsKeys("conv1.weight", "conv1.bias", "layer2.0.conv1.weight", "linear.bias");
        assertThat(graph.inputs().get(0).dims()).containsExactly("batch", 3L, 32L, 32L);
        assertThat(graph.outputs().get(0).dims()).containsExactly("batch", 4L);
    }

    @Test
    void a_free_size_holds_for_sizes_that_were_not_recorded() throws IOException {
        var file = folder.resolve("free.onnx");
        OnnxExport.export(
                network, SIZE, Map.of(), ExportOptions.STANDARD.freeSize().embedding(), file);
        network.eval();
        try (var session = Session.open(file);
                var scope = Scope.open();
                var mode = Grad.off()) {
            var image = Samples.image(5, 3, 3, 41, 55);
            var outputs = session.run(Map.of("input", image));
            assertThat(outputs.get("logits").isClose(network.call(image), 1e-4, 1e-4))
                    .isTrue();
            assertThat(outputs.get("embedding").isClose(network.embed(image), 1e-4, 1e-4))
                    .isTrue();
        }
    }

    @Test
    void a_network_of_one_size_refuses_a_free_one_and_nothing_is_left() throws IOException {
        try (var vit = Models.classify("vit_tiny_mnist", Map.of())) {
            var options = ExportOptions.STANDARD.freeSize();
            assertThatThrownBy(() ->
                            OnnxExport.export(vit, Size.square(28), Map.of(), options, folder.resolve("vit.onnx")))
                    .isInstanceOf(CannotExportException.class)
                    .hasMessageContaining("28x28 only");
        }
        assertThat(left()).isEmpty();
    }

    @Test
    void a_file_that_cannot_get_its_place_leaves_nothing() throws IOException {
        var taken = Files.createDirectory(folder.resolve("taken.onnx"));
        assertThatThrownBy(() -> OnnxExport.export(network, SIZE, Map.of(), ExportOptions.STANDARD, taken))
                .hasMessageContaining("that is a folder");
        var lost = folder.resolve("no/such/file.onnx");
        assertThatThrownBy(() -> OnnxExport.export(network, SIZE, Map.of(), ExportOptions.STANDARD, lost))
                .hasMessageContaining("does not exist");
        assertThat(left()).containsExactly(taken);
    }

    @Test
    void weights_in_a_second_file_are_found_beside_the_first() throws IOException {
        var file = folder.resolve("two.onnx");
        var report = OnnxExport.export(network, SIZE, Map.of(), ExportOptions.STANDARD.externalData(), file);
        assertThat(report.files()).containsExactly(folder.resolve("two.onnx.data"), file);
        assertThat(left()).hasSize(2);
        assertThat(Files.size(file)).isLessThan(50_000);
        assertThat(Files.size(folder.resolve("two.onnx.data"))).isGreaterThan(1_000_000);
    }

    @Test
    void half_weights_halve_the_file() throws IOException {
        var whole = OnnxExport.export(network, SIZE, Map.of(), ExportOptions.STANDARD, folder.resolve("a.onnx"));
        for (var type : List.of(DType.FLOAT16, DType.BFLOAT16)) {
            var half = OnnxExport.export(
                    network, SIZE, Map.of(), ExportOptions.STANDARD.weights(type), folder.resolve(type + ".onnx"));
            assertThat((double) half.bytes() / whole.bytes()).isLessThan(0.55);
            assertThat(half.deviation().relative())
                    .isGreaterThan(whole.deviation().relative());
        }
    }

    @Test
    void a_weight_that_float16_cannot_hold_is_named() {
        try (var mode = Grad.off()) {
            network.parameters().get("linear.weight").value().mulInPlace(1e6);
        }
        var options = ExportOptions.STANDARD.weights(DType.FLOAT16);
        assertThatThrownBy(() -> OnnxExport.export(network, SIZE, Map.of(), options, folder.resolve("a.onnx")))
                .hasMessageContaining("linear.weight")
                .hasMessageContaining("--bf16");
    }

    @Test
    void the_runtime_recognises_with_the_file_alone() throws IOException {
        var labels = List.of("ant", "bee", "cat", "dog");
        var preprocessing = new Preprocessing(ResizePolicy.parse("resize36-crop32-bilinear"), Normalize.IMAGENET);
        var file = folder.resolve("alone.onnx");
        var metadata = ModelMetadata.classifier(labels, preprocessing);
        OnnxExport.export(network, SIZE, metadata.toMap(), ExportOptions.STANDARD, file);
        var image = noise();
        try (var classifier = Classifier.load(file);
                var scope = Scope.open();
                var mode = Grad.off()) {
            network.eval();
            var prepared = java.nio.FloatBuffer.allocate(3 * 32 * 32);
            preprocessing.normalize().apply(preprocessing.apply(image), prepared, 0);
            float[] expected = network.call(Tensor.of(prepared.array(), 1, 3, 32, 32))
                    .softmax(1)
                    .toFloatArray();
            for (var score : classifier.predict(image).top(4)) {
                assertThat(score.label().name())
                        .isEqualTo(labels.get(score.label().index()));
                assertThat(score.score()).isCloseTo(expected[score.label().index()], within(1e-4f));
            }
        }
    }

    private static Image noise() {
        var random = new java.util.Random(3);
        var pixels = new byte[40 * 50 * 3];
        random.nextBytes(pixels);
        return Image.wrap(50, 40, 3, pixels);
    }
}
