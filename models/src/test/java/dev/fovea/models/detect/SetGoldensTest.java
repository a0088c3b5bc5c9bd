package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.models.SharedData;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Matching and losses of sets against the numbers of the reference. */
final class SetGoldensTest {
    private static JsonNode operation(String name) throws Exception {
        return new ObjectMapper()
                .readTree(SharedData.require("golden/ops/ops2.json").toFile())
                .path("cases")
                .path(name);
    }

    private static float[] numbers(JsonNode node) {
        var values = new ArrayList<Float>();
        collect(node, values);
        var array = new float[values.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = values.get(i);
        }
        return array;
    }

    private static void collect(JsonNode node, List<Float> into) {
        if (node.isArray()) {
            node.forEach(n -> collect(n, into));
        } else {
            into.add((float) node.asDouble());
        }
    }

    @Test
    void matching_and_varifocal_losses_equal_the_reference() throws Exception {
        var golden = operation("hungarian_vfl");
        try (var scope = Scope.open()) {
            var logits = Tensor.of(numbers(golden.path("pred_logits").path("all")), 2, 6, 4)
                    .requiresGrad(true);
            var boxes = Tensor.of(numbers(golden.path("pred_boxes").path("all")), 2, 6, 4)
                    .requiresGrad(true);
            var layer = new SetOutput.Layer(logits, boxes);
            var pictures = Pictures.of(Tensor.zeros(2, 3, 1000, 1000));
            var targets = new ArrayList<BoxTargets>();
            var relative = new ArrayList<SetTargets>();
            for (var target : golden.path("targets")) {
                int count = target.path("labels").size();
                var own = Tensor.of(numbers(target.path("boxes")), count, 4);
                var labels = new long[count];
                for (int i = 0; i < count; i++) {
                    labels[i] = target.path("labels").get(i).asLong();
                }
                relative.add(new SetTargets(own, Tensor.of(labels, count)));
                targets.add(new BoxTargets(
                        dev.fovea.nn.detect.Boxes.scaled(dev.fovea.nn.detect.Boxes.centersToCorners(own), 1000, 1000),
                        Tensor.of(labels, count)));
            }
            var matches = SetCriterion.Kind.VARIFOCAL.matcher().match(layer, relative);
            for (int i = 0; i < 2; i++) {
                var pair = golden.path("matched").get(i);
                assertThat(matches.get(i).queries()).isEqualTo(integers(pair.get(0)));
                assertThat(matches.get(i).objects()).isEqualTo(integers(pair.get(1)));
            }
            var losses = new SetCriterion(SetCriterion.Kind.VARIFOCAL, true)
                    .losses(SetOutput.of(List.of(layer)), pictures, targets, new java.util.SplittableRandom(1));
            golden.path("losses").properties().forEach(e -> assertThat(
                            losses.get(e.getKey()).item())
                    .as(e.getKey())
                    .isCloseTo(e.getValue().asDouble(), within(1e-4)));
            losses.values().stream().reduce(Tensor::add).orElseThrow().backward();
            assertThat(logits.grad()
                            .orElseThrow()
                            .isClose(
                                    Tensor.of(numbers(golden.path("grad_logits").path("all")), 2, 6, 4), 1e-3, 1e-5))
                    .isTrue();
            assertThat(boxes.grad()
                            .orElseThrow()
                            .isClose(Tensor.of(numbers(golden.path("grad_boxes").path("all")), 2, 6, 4), 1e-3, 1e-4))
                    .isTrue();
        }
    }

    private static int[] integers(JsonNode node) {
        var values = new int[node.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = node.get(i).asInt();
        }
        return values;
    }

    @Test
    void positions_equal_the_reference() throws Exception {
        var golden = numbers(operation("sincos_2d_rtdetr").path("output").path("all"));
        try (var scope = Scope.open()) {
            assertThat(HybridEncoder.positions(3, 4, 8).isClose(Tensor.of(golden, 1, 12, 8), 0, 1e-6))
                    .isTrue();
        }
    }

    @Test
    void more_objects_than_queries_leave_some_without() {
        try (var scope = Scope.open()) {
            var layer = new SetOutput.Layer(
                    Tensor.zeros(1, 2, 3), Tensor.ones(1, 2, 4).mul(0.5));
            var many = new SetTargets(Tensor.ones(5, 4).mul(0.3), Tensor.of(new long[5], 5));
            var match =
                    new SetMatcher(1, 5, 2, false).match(layer, List.of(many)).get(0);
            assertThat(match.queries()).containsExactly(0, 1);
        }
    }
}
