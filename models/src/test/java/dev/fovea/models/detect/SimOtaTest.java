package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class SimOtaTest {
    private static Path own(String name) throws Exception {
        return Path.of(SimOtaTest.class.getResource("/golden/" + name + ".json").toURI());
    }

    static List<BoxTargets> targets(JsonNode labels) {
        var all = new ArrayList<BoxTargets>();
        for (var picture : labels) {
            var boxes = new ArrayList<Float>();
            var classes = new ArrayList<Long>();
            for (var row : picture) {
                float w = (float) row.get(3).asDouble();
                float h = (float) row.get(4).asDouble();
                if (w > 0) {
                    float x = (float) row.get(1).asDouble();
                    float y = (float) row.get(2).asDouble();
                    boxes.addAll(List.of(x - w / 2, y - h / 2, x + w / 2, y + h / 2));
                    classes.add(row.get(0).asLong());
                }
            }
            var flat = new float[boxes.size()];
            for (int i = 0; i < flat.length; i++) {
                flat[i] = boxes.get(i);
            }
            all.add(new BoxTargets(
                    Tensor.of(flat, classes.size(), 4),
                    Tensor.of(classes.stream().mapToLong(Long::longValue).toArray(), classes.size())));
        }
        return all;
    }

    @Test
    void simota_equals_the_reference() throws Exception {
        var root = new ObjectMapper().readTree(own("simota").toFile());
        for (var entry : root.path("cases").properties()) {
            var c = entry.getValue();
            try (var scope = Scope.open()) {
                check(c);
            }
        }
    }

    private static void check(JsonNode c) {
        int height = c.path("image_hw").get(0).asInt();
        int width = c.path("image_hw").get(1).asInt();
        int classes = c.path("num_classes").asInt();
        var levels = new ArrayList<CellOutput.Level>();
        for (var s : c.path("strides")) {
            int stride = s.asInt();
            levels.add(new CellOutput.Level(stride, Tensor.zeros(1, 4, height / stride, width / stride), null, null));
        }
        var cells = new CellOutput(levels).cells();
        var p = tensor(c.path("predictions")).requiresGrad(true);
        var targets = targets(c.path("labels"));
        var boxes = p.narrow(2, 0, 4);
        var objectness = p.select(2, 4);
        var scores = p.narrow(2, 5, classes);
        int k = 0;
        for (int i = 0; i < targets.size(); i++) {
            var got = YoloxCriterion.assign(cells, i, boxes, objectness, scores, targets.get(i));
            if (targets.get(i).count() > 0) {
                var expected = c.path("assignment").get(k++);
                assertThat(numbers(expected.path("anchors")).stream()
                                .mapToInt(Double::intValue)
                                .toArray())
                        .isEqualTo(got.cells());
                assertThat(numbers(expected.path("matched_gt")).stream()
                                .mapToInt(Double::intValue)
                                .toArray())
                        .isEqualTo(got.objects());
            }
        }
        var terms = new YoloxCriterion(true)
                .losses(cells, tensor(c.path("raw_box_for_l1")), boxes, objectness, scores, targets);
        Tensor total = null;
        for (var t : terms.entrySet()) {
            double expected = c.path("losses").path(t.getKey()).asDouble();
            assertThat(t.getValue().item()).as(t.getKey()).isCloseTo(expected, within(1e-4 * expected));
            total = total == null ? t.getValue() : total.add(t.getValue());
        }
        total.backward();
        var g = p.grad().orElseThrow();
        assertThat(g.norm(2, false, 0, 1, 2).item())
                .isCloseTo(c.path("grad_of_predictions").path("l2").asDouble(), within(1e-4));
        assertThat(g.narrow(2, 0, 4).norm(2, false, 0, 1, 2).item())
                .isCloseTo(c.path("grad_of_predictions").path("l2_box").asDouble(), within(1e-4));
    }

    private static List<Double> numbers(JsonNode node) {
        var list = new ArrayList<Double>();
        node.forEach(n -> list.add(n.asDouble()));
        return list;
    }

    static Tensor tensor(JsonNode node) {
        int n = node.size();
        int a = node.get(0).size();
        int w = node.get(0).get(0).size();
        var values = new float[n * a * w];
        int i = 0;
        for (var x : node) {
            for (var y : x) {
                for (var z : y) {
                    values[i++] = (float) z.asDouble();
                }
            }
        }
        return Tensor.of(values, n, a, w);
    }
}
