package dev.fovea.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.export.graph.Graph;
import dev.fovea.export.graph.OnnxFile;
import dev.fovea.export.quantise.CalibrationMethod;
import dev.fovea.export.quantise.Contribution;
import dev.fovea.export.quantise.DynamicQuantisation;
import dev.fovea.export.quantise.EightBitForm;
import dev.fovea.export.quantise.IntoEightBits;
import dev.fovea.export.quantise.Limits;
import dev.fovea.export.quantise.StaticQuantisation;
import dev.fovea.models.Backbone;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IntoEightBitsTest {
    private static final Size SIZE = Size.square(32);

    @TempDir
    Path temp;

    private static Backbone network(String name, Map<String, Object> options) {
        var network = Models.classify(name, options);
        new GoldenFill("eight-bits/", 1).fill(network);
        return network;
    }

    private static Backbone small() {
        return network("resnet20_cifar", Map.of("classes", 10));
    }

    private static List<Tensor> pictures() {
        return List.of(Samples.image(1, 4, 3, 32, 32), Samples.image(2, 4, 3, 32, 32));
    }

    private static IntoEightBits change(
            List<Tensor> pictures, Limits limits, Optional<ToDoubleFunction<Session>> judge) {
        return new IntoEightBits(
                graph -> StaticQuantisation.measure(graph, pictures, CalibrationMethod.MIN_MAX),
                pictures,
                judge,
                limits,
                note -> {});
    }

    private static Limits deviation(double most) {
        return new Limits(OptionalDouble.of(most), OptionalDouble.empty());
    }

    @Test
    void the_written_file_computes_what_was_measured_and_says_what_it_is() throws IOException {
        try (var scope = Scope.open();
                var network = small()) {
            var exact = temp.resolve("exact.onnx");
            OnnxExport.export(network, SIZE, Map.of(), ExportOptions.STANDARD, exact);
            var change = change(pictures(), Limits.NONE, Optional.empty());
            var eight = temp.resolve("eight.onnx");
            var report =
                    OnnxExport.export(network, SIZE, Map.of("a", "b"), ExportOptions.STANDARD, List.of(change), eight);
            assertThat(report.bytes()).isLessThan(Files.size(exact) * 4 / 10);
            assertThat(change.layers()).isEqualTo(20);
            assertThat(change.left()).isEmpty();
            assertThat(change.loss().deviation()).isBetween(1e-4, 0.2);
            assertThat(change.loss().accuracy()).isEmpty();
            assertThat(report.deviation()).isEqualTo(change.loss().largest());
            var bytes = new String(Files.readAllBytes(eight), java.nio.charset.StandardCharsets.ISO_8859_1);
            assertThat(bytes).contains(OnnxExport.WEIGHTS, IntoEightBits.INT8);
            try (var session = Session.open(eight);
                    var whole = Session.open(exact)) {
                var image = Samples.image(9, 3, 3, 32, 32);
                assertThat(Deviation.between(
                                        whole.run(image).toFloatArray(),
                                        session.run(image).toFloatArray())
                                .relative())
                        .isLessThan(0.6);
            }
        }
    }

    @Test
    void a_search_leaves_as_few_of_the_worst_layers_as_suffice_and_always_the_same() {
        try (var scope = Scope.open();
                var network = small()) {
            var graph = OnnxExport.graph(network, SIZE, ExportOptions.STANDARD);
            var pictures = pictures();
            var all = change(pictures, Limits.NONE, Optional.empty());
            all.apply(graph);
            double limit = all.loss().deviation() * 0.7;
            var change = change(pictures, deviation(limit), Optional.empty());
            var found = change.apply(graph);
            assertThat(change.loss().deviation()).isLessThanOrEqualTo(limit);
            assertThat(change.left()).isNotEmpty().hasSizeLessThan(change.layers());
            assertThat(change.left()).isSortedAccordingTo((a, b) -> Double.compare(b.deviation(), a.deviation()));
            var form = StaticQuantisation.measure(graph, pictures, CalibrationMethod.MIN_MAX);
            // One layer fewer is not enough.
            var fewer = change.left().subList(0, change.left().size() - 1);
            assertThat(deviation(form, fewer, graph, pictures)).isGreaterThan(limit);
            var again = change(pictures, deviation(limit), Optional.empty());
            assertThat(OnnxFile.toBytes(again.apply(graph))).isEqualTo(OnnxFile.toBytes(found));
            assertThat(again.left()).isEqualTo(change.left());
        }
    }

    private static double deviation(EightBitForm form, List<Contribution> left, Graph exact, List<Tensor> pictures) {
        var names = left.stream().map(Contribution::layer).collect(java.util.stream.Collectors.toSet());
        var measured = new IntoEightBits(
                graph -> new EightBitForm() {
                    @Override
                    public List<String> layers() {
                        return form.layers();
                    }

                    @Override
                    public Graph graph(Set<String> ignored) {
                        return form.graph(names);
                    }
                },
                pictures,
                Optional.empty(),
                Limits.NONE,
                note -> {});
        measured.apply(exact);
        return measured.loss().deviation();
    }

    @Test
    void points_of_accuracy_are_a_limit_too() {
        try (var scope = Scope.open();
                var network = small()) {
            var graph = OnnxExport.graph(network, SIZE, ExportOptions.STANDARD);
            var image = Samples.image(5, 2, 3, 32, 32);
            float[] exact;
            try (var session = Session.open(graph)) {
                exact = session.run(image).toFloatArray();
            }
            // A judge that sees the slightest change: no layer can stay in eight bits.
            ToDoubleFunction<Session> strict = session ->
                    Deviation.between(exact, session.run(image).toFloatArray()).relative() < 1e-5 ? 1 : 0.5;
            var limits = new Limits(OptionalDouble.empty(), OptionalDouble.of(1));
            assertThatThrownBy(() ->
                            change(pictures(), limits, Optional.of(strict)).apply(graph))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("no layer can be in eight bits within 1.0 points of accuracy")
                    .hasMessageContaining("accuracy 50.00 % after 100.00 %");
            var mild = change(pictures(), limits, Optional.of(session -> 0.75));
            mild.apply(graph);
            assertThat(mild.loss().accuracy().orElseThrow().points()).isZero();
            assertThatThrownBy(() -> change(pictures(), limits, Optional.empty()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("labelled pictures");
        }
    }

    @Test
    void linear_layers_alone_need_no_ranges() {
        try (var scope = Scope.open();
                var network = network("vit_tiny", Map.of("classes", 10, "num_layers", 2))) {
            var graph = OnnxExport.graph(network, SIZE, ExportOptions.STANDARD);
            var change =
                    new IntoEightBits(DynamicQuantisation::of, pictures(), Optional.empty(), Limits.NONE, note -> {});
            var eight = change.apply(graph);
            // Query, key and value, the projection and two layers of the MLP in each block, and the head.
            assertThat(change.layers()).isBetween(2 * 4 + 1, 2 * 6 + 1);
            assertThat(ExportReport.operators(eight))
                    .containsEntry("MatMulInteger", change.layers())
                    .doesNotContainKey("Gemm");
            assertThat(change.loss().deviation()).isBetween(1e-5, 0.1);
            assertThat(OnnxFile.toBytes(eight).length).isLessThan(OnnxFile.toBytes(graph).length * 4 / 10);
            // Ranges follow the pictures: far larger values are as near.
            try (var exact = Session.open(graph);
                    var session = Session.open(eight)) {
                var loud = Samples.image(7, 2, 3, 32, 32).mul(50);
                assertThat(Deviation.between(
                                        exact.run(loud).toFloatArray(),
                                        session.run(loud).toFloatArray())
                                .relative())
                        .isLessThan(0.5);
            }
        }
    }

    @Test
    void engines_run_products_of_eight_bits_as_one_operator() throws IOException {
        try (var scope = Scope.open();
                var network = network("mlp", Map.of("classes", 10, "image_size", 32, "in_channels", 3))) {
            var graph = OnnxExport.graph(network, SIZE, ExportOptions.STANDARD);
            var file = temp.resolve("optimised.onnx");
            Session.saveOptimised(DynamicQuantisation.of(graph).graph(Set.of()), file);
            var operators =
                    ai.onnx.proto.OnnxMl.ModelProto.parseFrom(Files.readAllBytes(file))
                            .getGraph()
                            .getNodeList()
                            .stream()
                            .map(n -> n.getOpType())
                            .toList();
            assertThat(operators).contains("DynamicQuantizeMatMul").doesNotContain("MatMul", "Gemm", "MatMulInteger");
        }
    }
}
