package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.nn.optim.AdamW;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Size;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a detector must do whatever its architecture; tests say on which ones, in a small form. */
abstract class DetectorContract {
    private static final BoxTargets NONE = new BoxTargets(Tensor.zeros(0, 4), Tensor.of(new long[0], 0));

    /** The detectors, each with three classes and for pictures of 64 pixels. */
    abstract Stream<String> detectors();

    /** How fast the training test goes. */
    double learningRate() {
        return 1e-3;
    }

    private Stream<DynamicTest> each(java.util.function.Consumer<String> test) {
        return detectors().map(spec -> DynamicTest.dynamicTest(spec, () -> test.accept(spec)));
    }

    private static <R> Map<String, Tensor> losses(Detector<R> network, Pictures pictures, List<BoxTargets> targets) {
        return network.criterion().losses(network.outputs(pictures), pictures, targets, new SplittableRandom(1));
    }

    private static Tensor total(Map<String, Tensor> losses) {
        return losses.values().stream().reduce(Tensor::add).orElseThrow();
    }

    /** A bright rectangle on black: an object of class 1. */
    private static Pictures rectangle(int count) {
        var pixels = Tensor.zeros(count, 3, 64, 64);
        pixels.narrow(2, 16, 32).narrow(3, 8, 40).fillInPlace(2);
        return Pictures.of(pixels);
    }

    private static BoxTargets object() {
        return new BoxTargets(Tensor.of(new float[] {8, 16, 48, 48}, 1, 4), Tensor.of(new long[] {1}, 1));
    }

    @TestFactory
    Stream<DynamicTest> a_few_steps_lower_the_loss() {
        return each(spec -> {
            Seeds.set(3);
            try (var network = Models.buildDetector(ModelSpec.parse(spec));
                    var scope = Scope.open()) {
                var optimizer = AdamW.of(learningRate()).build(network);
                double first = 0;
                double last = 0;
                for (int step = 0; step < 12; step++) {
                    try (var inner = Scope.open()) {
                        var loss = total(losses(network, rectangle(2), List.of(object(), object())));
                        assertThat(loss.item()).isFinite();
                        last = loss.item();
                        first = step == 0 ? last : first;
                        network.clearGrads();
                        loss.backward();
                        optimizer.step();
                    }
                }
                assertThat(last).isLessThan(first * 0.98);
            }
        });
    }

    @TestFactory
    Stream<DynamicTest> every_parameter_gets_a_gradient_and_pictures_without_objects_count_as_background() {
        return each(spec -> {
            Seeds.set(4);
            try (var network = Models.buildDetector(ModelSpec.parse(spec));
                    var scope = Scope.open()) {
                var mixed = losses(network, rectangle(2), List.of(object(), NONE));
                total(mixed).backward();
                var without = network.parameters().entrySet().stream()
                        .filter(p -> p.getValue().isTrainable()
                                && p.getValue().value().grad().isEmpty())
                        .map(Map.Entry::getKey)
                        .toList();
                assertThat(without).isEmpty();
                network.clearGrads();
                var empty = losses(network, rectangle(2), List.of(NONE, NONE));
                assertThat(total(empty).item()).isFinite().isPositive();
                total(empty).backward();
                network.parameters().values().stream()
                        .flatMap(p -> p.value().grad().stream())
                        .forEach(g -> assertThat(g.isfinite().all().item()).isEqualTo(1));
            }
        });
    }

    /** Far more objects than cells, anchors or queries, of a pixel each; and a single pixel, at the edge. */
    @TestFactory
    Stream<DynamicTest> single_pixels_and_five_thousand_objects_teach_too() {
        var pixel = new BoxTargets(Tensor.of(new float[] {63, 63, 64, 64}, 1, 4), Tensor.of(new long[] {2}, 1));
        return each(spec -> {
            Seeds.set(6);
            try (var network = Models.buildDetector(ModelSpec.parse(spec));
                    var scope = Scope.open()) {
                var losses = losses(network, rectangle(2), List.of(pixels(5000), pixel));
                assertThat(losses.values()).allSatisfy(l -> assertThat(l.item()).isFinite());
                total(losses).backward();
                network.parameters().values().stream()
                        .flatMap(p -> p.value().grad().stream())
                        .forEach(g -> assertThat(g.isfinite().all().item()).isEqualTo(1));
            }
        });
    }

    private static BoxTargets pixels(int count) {
        var corners = new float[4 * count];
        var labels = new long[count];
        for (int i = 0; i < count; i++) {
            corners[4 * i] = i % 64;
            corners[4 * i + 1] = i / 64 % 64;
            corners[4 * i + 2] = corners[4 * i] + 1;
            corners[4 * i + 3] = corners[4 * i + 1] + 1;
            labels[i] = i % 3;
        }
        return new BoxTargets(Tensor.of(corners, count, 4), Tensor.of(labels, count));
    }

    @TestFactory
    Stream<DynamicTest> decodes_boxes_inside_each_picture_best_first() {
        return each(spec -> {
            Seeds.set(5);
            try (var network = Models.buildDetector(ModelSpec.parse(spec));
                    var scope = Scope.open();
                    var off = Grad.off()) {
                network.eval();
                var sizes = List.of(new Size(40, 64), new Size(64, 30));
                var found = network.detect(
                        new Pictures(rectangle(2).pixels(), sizes),
                        network.selection().withLeastScore(0).withMost(7));
                assertThat(found).hasSize(2);
                for (int i = 0; i < 2; i++) {
                    checkFound(found.get(i), sizes.get(i));
                }
                var none = network.detect(rectangle(1), network.selection().withLeastScore(1));
                assertThat(none.get(0).count()).isZero();
            }
        });
    }

    private static void checkFound(FoundBoxes found, Size size) {
        assertThat(found.count()).isBetween(1, 7);
        var scores = found.scores().toFloatArray();
        var boxes = found.boxes().toFloatArray();
        var labels = found.labels().toLongArray();
        for (int k = 0; k < scores.length; k++) {
            assertThat(scores[k]).isBetween(0f, k == 0 ? 1f : scores[k - 1]);
            assertThat(labels[k]).isBetween(0L, 2L);
            assertThat(boxes[4 * k]).isBetween(0f, boxes[4 * k + 2]);
            assertThat(boxes[4 * k + 1]).isBetween(0f, boxes[4 * k + 3]);
            assertThat(boxes[4 * k + 2]).isLessThanOrEqualTo(size.width());
            assertThat(boxes[4 * k + 3]).isLessThanOrEqualTo(size.height());
        }
    }

    @TestFactory
    Stream<DynamicTest> a_new_head_takes_other_classes_and_leaves_the_rest() {
        return each(spec -> {
            try (var network = Models.buildDetector(ModelSpec.parse(spec));
                    var scope = Scope.open()) {
                var before = network.stateDict().keySet();
                network.replaceHead(5);
                assertThat(network.spec().options()).containsEntry("classes", 5);
                assertThat(network.stateDict().keySet()).containsExactlyElementsOf(before);
                try (var fresh = Models.buildDetector(network.spec())) {
                    assertThat(fresh.compare(network.stateDict()).isComplete()).isTrue();
                }
                assertThat(total(losses(network, rectangle(2), List.of(object(), NONE)))
                                .item())
                        .isFinite();
            }
        });
    }
}
