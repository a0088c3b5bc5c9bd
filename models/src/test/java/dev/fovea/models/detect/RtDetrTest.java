package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.Models;
import dev.fovea.nn.Init;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class RtDetrTest extends DetectorContract {
    private static final String SMALL = "classes=3, hidden_dim=32, nhead=4, ffn=32, layers=2, num_queries=10";

    @Override
    Stream<String> detectors() {
        return Stream.of(
                "rtdetr_r18vd(" + SMALL + ", num_denoising=6)",
                "rtdetrv2_r18vd(" + SMALL + ", num_denoising=6, num_points=[4,2,1])");
    }

    @Test
    void has_the_published_sizes() {
        try (var off = Init.off()) {
            for (var architecture : RtDetr.architectures()) {
                try (var network = Models.detect(architecture.name(), Map.of())) {
                    assertThat(network.parameterCount()).as(architecture.name()).isEqualTo(architecture.parameters());
                }
            }
        }
    }

    private static SetTargets objects(int count) {
        var boxes = new float[4 * count];
        for (int i = 0; i < count; i++) {
            System.arraycopy(new float[] {0.5f, 0.4f, 0.2f, 0.3f}, 0, boxes, 4 * i, 4);
        }
        return new SetTargets(Tensor.of(boxes, count, 4), Tensor.of(new long[count], count));
    }

    @Test
    void objects_to_repair_come_in_groups_of_small_and_large_errors() {
        try (var scope = Scope.open()) {
            var group = Denoising.of(List.of(objects(2), objects(0), objects(1)), 7, 5, new SplittableRandom(5));
            assertThat(group.groups()).isEqualTo(3);
            assertThat(group.classes().shape().toArray()).containsExactly(3, 12);
            assertThat(group.matches().get(0).queries()).containsExactly(0, 1, 4, 5, 8, 9);
            assertThat(group.matches().get(0).objects()).containsExactly(0, 1, 0, 1, 0, 1);
            assertThat(group.matches().get(1).count()).isZero();
            assertThat(group.matches().get(2).queries()).containsExactly(0, 4, 8);
            assertThat(group.classes().select(0, 1).toLongArray()).containsOnly(5);
            var boxes = group.boxes().toFloatArray();
            for (int place : new int[] {0, 1, 4, 5}) { // small errors keep corners within half a side
                assertThat(boxes[4 * place]).isBetween(0.4f, 0.6f);
                assertThat(boxes[4 * place + 2]).isBetween(0f, 0.4f);
            }
            var mask = group.mask(2);
            assertThat(mask.select(0, 3).toByteArray()).containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0);
            assertThat(Denoising.of(List.of(objects(0)), 7, 5, new SplittableRandom(5)))
                    .isNull();
        }
    }

    @Test
    void repairing_adds_terms_for_every_layer_and_leaves_the_others_alone() {
        try (var network = (RtDetr) Models.detect(
                        "rtdetr_r18vd",
                        Map.of("classes", 3, "hidden_dim", 32, "nhead", 4, "ffn", 32, "layers", 2, "num_queries", 10));
                var scope = Scope.open()) {
            var pictures = Pictures.of(Tensor.ones(1, 3, 64, 64));
            var target = new BoxTargets(Tensor.of(new float[] {8, 16, 48, 48}, 1, 4), Tensor.of(new long[1], 1));
            var outputs = network.outputs(pictures);
            var losses = network.criterion().losses(outputs, pictures, List.of(target), new SplittableRandom(1));
            assertThat(losses.keySet())
                    .contains("loss_vfl", "loss_vfl_aux_0", "loss_vfl_aux_1", "loss_vfl_dn_0", "loss_giou_dn_1")
                    .hasSize(15);
            var without = new SetOutput(outputs.layers(), outputs.proposals(), null);
            network.criterion()
                    .losses(without, pictures, List.of(target), new SplittableRandom(1))
                    .forEach((name, loss) -> assertThat(loss.item())
                            .as(name)
                            .isEqualTo(losses.get(name).item()));
        }
    }
}
