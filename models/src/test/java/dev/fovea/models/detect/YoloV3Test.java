package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.Models;
import dev.fovea.models.detect.AnchoredCells.Level;
import dev.fovea.models.detect.AnchoredCells.Prior;
import dev.fovea.nn.Init;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Box;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class YoloV3Test extends DetectorContract {
    private static final SplittableRandom RANDOM = new SplittableRandom(1);

    @Override
    Stream<String> detectors() {
        return Stream.of(
                "yolov3(classes=3, width=0.125, image_size=64,"
                        + " backbone=\"darknet53(stem_chs=8, channels=[8,8,16,16,32], depths=[1,1,1,1,1])\")",
                "yolov3_tiny(classes=3, width=0.125, image_size=64)");
    }

    @Override
    double learningRate() {
        return 5e-3;
    }

    @Test
    void has_the_published_sizes() {
        try (var off = Init.off()) {
            for (var architecture : YoloV3.architectures()) {
                try (var network = Models.detect(architecture.name(), Map.of())) {
                    assertThat(network.parameterCount()).as(architecture.name()).isEqualTo(architecture.parameters());
                }
            }
        }
    }

    /** Two maps of a picture of 64 pixels, with two priors each and three classes, about which nothing is said. */
    private static AnchoredCells silent(Tensor fine, Tensor coarse) {
        return new AnchoredCells(List.of(
                new Level(16, List.of(new Prior(8, 8), new Prior(16, 24)), fine),
                new Level(32, List.of(new Prior(40, 40), new Prior(60, 30)), coarse)));
    }

    private static BoxTargets objects() {
        return new BoxTargets(
                Tensor.of(new float[] {3, 5, 12, 14, 20, 18, 38, 45, 2, 30, 60, 62}, 3, 4),
                Tensor.of(new long[] {2, 0, 1}, 3));
    }

    @Test
    void outputs_that_minimise_the_loss_decode_to_the_objects() {
        try (var scope = Scope.open()) {
            var pictures = Pictures.of(Tensor.zeros(2, 3, 64, 64));
            var nothing = new BoxTargets(Tensor.zeros(0, 4), Tensor.of(new long[0], 0));
            var targets = List.of(nothing, objects());
            var fine = Tensor.zeros(2, 16, 4, 4).requiresGrad(true);
            var coarse = Tensor.zeros(2, 16, 2, 2).requiresGrad(true);
            Descent.until(
                    () -> new YoloV3Criterion(0.5).losses(silent(fine, coarse), pictures, targets, RANDOM),
                    List.of(fine, coarse),
                    300,
                    0.5);
            var found = new YoloV3Decoder().decode(silent(fine, coarse), pictures, new Selection(0.5, 0.45, 100, 10));
            assertThat(found.get(0).count()).isZero();
            Descent.assertFound(found.get(1), objects(), 0.9);
        }
    }

    @Test
    void the_prior_of_the_best_shape_answers_in_the_cell_of_the_centre() {
        try (var scope = Scope.open()) {
            var fine = Tensor.zeros(1, 16, 4, 4).requiresGrad(true);
            var coarse = Tensor.zeros(1, 16, 2, 2).requiresGrad(true);
            var one = new BoxTargets(Tensor.of(new float[] {34, 18, 50, 42}, 1, 4), Tensor.of(new long[] {1}, 1));
            var losses = new YoloV3Criterion(0.5)
                    .losses(silent(fine, coarse), Pictures.of(Tensor.zeros(1, 3, 64, 64)), List.of(one), RANDOM);
            losses.get("class_loss").backward();
            // Its shape is exactly that of the second prior of the finer map; its centre (42, 30) lies in row 1, column
            // 2.
            assertThat(coarse.grad().orElseThrow().abs().sum().item()).isZero();
            var gradient = fine.grad().orElseThrow();
            var own = gradient.select(3, 2).select(2, 1).narrow(1, 8 + 5, 3).toFloatArray();
            assertThat(own).containsExactly(new float[] {0.5f, -0.5f, 0.5f}, within(1e-6f));
            assertThat(gradient.abs().sum().item()).isCloseTo(1.5, within(1e-5));
        }
    }

    @Test
    void boxes_that_overlap_an_object_well_are_not_called_empty() {
        try (var scope = Scope.open()) {
            var fine = Tensor.zeros(1, 16, 4, 4).requiresGrad(true);
            var coarse = Tensor.zeros(1, 16, 2, 2).requiresGrad(true);
            // Nearly the box that the first prior of the coarse map gives by itself in its first cell; the second
            // answers.
            var box = new Box(-10, 0, 44, 32);
            var one = new BoxTargets(
                    Tensor.of(new float[] {box.x1(), box.y1(), box.x2(), box.y2()}, 1, 4), Tensor.of(new long[1], 1));
            var pictures = Pictures.of(Tensor.zeros(1, 3, 64, 64));
            new YoloV3Criterion(0.5)
                    .losses(silent(fine, coarse), pictures, List.of(one), RANDOM)
                    .get("objectness_loss")
                    .backward();
            var gradient = coarse.grad().orElseThrow().select(3, 0).select(2, 0).toFloatArray();
            assertThat(gradient[4]).isZero();
            assertThat(gradient[8 + 4]).isEqualTo(-0.5f);
        }
    }

    @Test
    void refuses_backbones_without_the_needed_maps_and_unshared_priors() {
        assertThatThrownBy(() -> Models.detect("yolov3", Map.of("backbone", "lenet")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("lenet");
        assertThatThrownBy(() -> Models.detect("yolov3_tiny", Map.of("anchors", List.of(List.of(3, 4)))))
                .hasMessageContaining("'anchors'")
                .hasMessageContaining("multiple");
    }
}
