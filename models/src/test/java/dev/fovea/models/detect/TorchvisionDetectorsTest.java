package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.Architecture;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.verify.Comparison;
import dev.fovea.models.verify.Verification;
import dev.fovea.nn.Init;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Detectors with anchors: numbers equal the reference's, heads and backbones can be replaced, pictures may be empty. */
class TorchvisionDetectorsTest {
    private static final List<String> FAMILIES = List.of("fasterrcnn", "retinanet", "fcos", "ssd");

    private static Stream<String> names() {
        return Models.detectors().stream().map(Architecture::name).filter(name -> FAMILIES.stream()
                .anyMatch(name::startsWith));
    }

    private static Detector<?> small(String name) {
        boolean square = name.startsWith("ssd");
        return Models.detect(
                name, square ? Map.of("classes", 3) : Map.of("classes", 3, "min_size", 64, "max_size", 96));
    }

    private static Pictures pictures(Detector<?> network) {
        return network.preparation()
                .batch(List.of(
                        Tensor.uniform(0, 1, DType.FLOAT32, Device.CPU, 3, 50, 70),
                        Tensor.uniform(0, 1, DType.FLOAT32, Device.CPU, 3, 64, 48)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssdlite320_mobilenet_v3_large",
                "fasterrcnn_mobilenet_v3_large_320_fpn",
                "retinanet_resnet50_fpn",
                "fcos_resnet50_fpn"
            })
    void outputs_boxes_losses_and_gradients_equal_the_reference(String name) throws Exception {
        var file = Path.of(getClass().getResource("/golden/" + name + ".json").toURI());
        var report = Verification.run(file);
        assertThat(report.failed()).as(report.toText()).isFalse();
        var compared = report.results().get(0).comparisons().stream()
                .map(Comparison::name)
                .toList();
        assertThat(compared).contains("transform.images", "backbone.0", "detections.0", "detections.1");
        assertThat(compared).anyMatch(c -> c.startsWith("gradient of "));
    }

    @TestFactory
    Stream<DynamicTest> the_stated_parameter_counts_are_true() {
        return names().map(name -> DynamicTest.dynamicTest(name, () -> {
            try (var off = Init.off();
                    var network = Models.buildDetector(ModelSpec.of(name))) {
                assertThat(network.parameterCount())
                        .isEqualTo(Models.detector(name).parameters());
            }
        }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssdlite320_mobilenet_v3_large",
                "fasterrcnn_mobilenet_v3_large_320_fpn",
                "retinanet_resnet50_fpn_v2"
            })
    void a_new_head_trains_on_pictures_with_and_without_objects(String name) {
        try (var network = small(name);
                var scope = Scope.open()) {
            network.replaceHead(5);
            assertThat(network.classes()).isEqualTo(5);
            network.freezeStatistics(true);
            var targets = List.of(
                    new BoxTargets(Tensor.zeros(0, 4), Tensor.of(new long[0], 0)),
                    new BoxTargets(
                            Tensor.of(new float[] {5, 5, 40, 50, 8, 8, 9, 9}, 2, 4), Tensor.of(new long[] {4, 0}, 2)));
            try (var on = Grad.on()) {
                var losses = losses(network, targets);
                losses.forEach((term, loss) -> assertThat(loss.item()).as(term).isFinite());
                assertThat(losses.values().stream().mapToDouble(Tensor::item).sum())
                        .isPositive();
                losses.values().stream().reduce(Tensor::add).orElseThrow().backward();
                var last = List.copyOf(network.parameters().values());
                assertThat(last.get(last.size() - 1)
                                .value()
                                .grad()
                                .orElseThrow()
                                .isfinite()
                                .all()
                                .itemLong())
                        .isOne();
            }
            try (var on = Grad.on()) {
                var nothing = new BoxTargets(Tensor.zeros(0, 4), Tensor.of(new long[0], 0));
                losses(network, List.of(nothing, nothing))
                        .forEach(
                                (term, loss) -> assertThat(loss.item()).as(term).isFinite());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssdlite320_mobilenet_v3_large",
                "fasterrcnn_mobilenet_v3_large_fpn",
                "retinanet_resnet50_fpn",
                "fcos_resnet50_fpn"
            })
    void single_pixels_and_five_thousand_objects_teach_too(String name) {
        try (var network = small(name);
                var scope = Scope.open()) {
            var corners = new float[4 * 5000];
            for (int i = 0; i < 5000; i++) {
                corners[4 * i] = i % 60;
                corners[4 * i + 1] = i / 60 % 60;
                corners[4 * i + 2] = corners[4 * i] + 1 + i % 7;
                corners[4 * i + 3] = corners[4 * i + 1] + 1 + i % 5;
            }
            var targets = List.of(
                    new BoxTargets(Tensor.of(corners, 5000, 4), Tensor.of(new long[5000], 5000)),
                    new BoxTargets(Tensor.of(new float[] {63, 47, 64, 48}, 1, 4), Tensor.of(new long[] {2}, 1)));
            var losses = losses(network, targets);
            assertThat(losses.values()).allSatisfy(l -> assertThat(l.item()).isFinite());
            losses.values().stream().reduce(Tensor::add).orElseThrow().backward();
            network.parameters().values().stream()
                    .flatMap(p -> p.value().grad().stream())
                    .forEach(g -> assertThat(g.isfinite().all().itemLong()).isOne());
        }
    }

    private static <R> Map<String, Tensor> losses(Detector<R> network, List<BoxTargets> targets) {
        var pictures = pictures(network);
        return network.criterion().losses(network.outputs(pictures), pictures, targets, new SplittableRandom(1));
    }

    @Test
    void what_is_found_lies_in_the_picture_and_is_sorted() {
        try (var network = small("ssdlite320_mobilenet_v3_large");
                var scope = Scope.open();
                var off = Grad.off()) {
            network.eval();
            var found = network.detect(pictures(network), network.selection().withMost(7));
            assertThat(found).hasSize(2);
            for (var boxes : found) {
                assertThat(boxes.count()).isBetween(1, 7);
                assertThat(boxes.boxes().amin(false, 0, 1).item()).isNotNegative();
                assertThat(boxes.boxes().amax(false, 0, 1).item()).isLessThanOrEqualTo(320);
                assertThat(boxes.labels().toLongArray()).containsAnyOf(0, 1, 2).doesNotContain(-1, 3);
                var scores = boxes.scores().toFloatArray();
                for (int i = 1; i < scores.length; i++) {
                    assertThat(scores[i]).isLessThanOrEqualTo(scores[i - 1]);
                }
            }
            assertThat(network.detect(pictures(network), network.selection().withLeastScore(1)))
                    .allMatch(boxes -> boxes.count() == 0);
        }
    }

    @Test
    void frozen_normalisation_has_no_parameters_and_frozen_stages_do_not_train() {
        try (var unset = Init.off();
                var network = Models.detect(
                        "fasterrcnn_resnet50_fpn",
                        Map.of("norm", "frozen", "norm_eps", 0, "trainable_backbone_layers", 3))) {
            assertThat(network.parameterCount()).isEqualTo(41_755_286);
            assertThat(network.stateDict().keySet())
                    .contains("backbone.body.bn1.running_var")
                    .noneMatch(key -> key.endsWith("num_batches_tracked"));
            assertThat(network.parameters()
                            .get("backbone.body.layer1.0.conv1.weight")
                            .isTrainable())
                    .isFalse();
            assertThat(network.parameters()
                            .get("backbone.body.layer2.0.conv1.weight")
                            .isTrainable())
                    .isTrue();
        }
    }

    @Test
    void another_backbone_other_anchors_and_published_names_fit() {
        try (var unset = Init.off();
                var network = Models.detect(
                        "retinanet_resnet50_fpn",
                        Map.of(
                                "backbone",
                                "resnet18",
                                "anchor_sizes",
                                List.of(List.of(8), List.of(16), List.of(32), List.of(64), List.of(128)),
                                "aspect_ratios",
                                List.of(List.of(0.5, 2))))) {
            var keys = network.stateDict();
            assertThat(keys.get("backbone.fpn.inner_blocks.0.0.weight").shape().toArray())
                    .containsExactly(256, 128, 1, 1);
            assertThat(keys.get("head.regression_head.bbox_reg.weight").dim(0)).isEqualTo(8);
            assertThat(keys.keySet())
                    .contains(network.canonicalKey("head.regression_head.conv.6.bias"))
                    .contains(network.canonicalKey("backbone.fpn.layer_blocks.2.bias"));
            assertThat(network.parameters().values()).allMatch(Parameter::isTrainable);
        }
        assertThatThrownBy(() -> Models.detect("fcos_resnet50_fpn", Map.of("aspect_ratios", List.of(List.of(0.5, 2)))))
                .hasMessageContaining("each cell has one square");
    }

    @Test
    void pictures_are_prepared_within_sides_and_padded() {
        try (var scope = Scope.open();
                var unset = Init.off();
                var network = small("fcos_resnet50_fpn")) {
            var pictures = pictures(network);
            assertThat(pictures.pixels().shape().toArray()).containsExactly(2, 3, 96, 96);
            assertThat(pictures.sizes()).containsExactly(new Size(63, 89), new Size(85, 64));
            assertThat(pictures.pixels()
                            .select(0, 0)
                            .narrow(2, 89, 7)
                            .abs()
                            .sum()
                            .item())
                    .isZero();
        }
    }
}
