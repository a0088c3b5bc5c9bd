package dev.fovea.models.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.Models;
import dev.fovea.nn.Init;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class YoloxTest extends DetectorContract {
    @Override
    Stream<String> detectors() {
        return Stream.of(
                "yolox_nano(classes=3, width=0.125)", "yolox_tiny(classes=3, width=0.125, depth=0.1, depthwise=false)");
    }

    @Override
    double learningRate() {
        return 5e-3; // thin networks begin with nearly nothing in their maps
    }

    @Test
    void has_the_published_sizes() {
        try (var off = Init.off()) {
            for (var architecture : Yolox.architectures()) {
                try (var network = Models.detect(architecture.name(), Map.of())) {
                    assertThat(network.parameterCount()).as(architecture.name()).isEqualTo(architecture.parameters());
                }
            }
        }
    }

    @Test
    void refuses_sizes_that_its_strides_do_not_divide() {
        try (var network = Models.detect("yolox_nano", Map.of());
                var scope = Scope.open()) {
            assertThatThrownBy(() -> network.outputs(Pictures.of(Tensor.zeros(1, 3, 64, 72))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("multiples of 32")
                    .hasMessageContaining("[1, 3, 64, 72]");
        }
    }

    @Test
    void takes_thousands_of_objects_and_objects_outside_all_cells() {
        int many = 3000;
        var random = new SplittableRandom(7);
        var corners = new float[4 * many];
        for (int i = 0; i < many; i++) {
            float x = (float) random.nextDouble(-30, 90);
            float y = (float) random.nextDouble(-30, 90);
            corners[4 * i] = x;
            corners[4 * i + 1] = y;
            corners[4 * i + 2] = x + (float) random.nextDouble(1, 30);
            corners[4 * i + 3] = y + (float) random.nextDouble(1, 30);
        }
        try (var network = (Yolox) Models.detect("yolox_nano", Map.of("classes", 1, "width", 0.125));
                var scope = Scope.open()) {
            var pictures = Pictures.of(Tensor.zeros(2, 3, 64, 64));
            var far = new BoxTargets(Tensor.of(new float[] {900, 900, 950, 950}, 1, 4), Tensor.of(new long[1], 1));
            var targets = List.of(new BoxTargets(Tensor.of(corners, many, 4), Tensor.of(new long[many], many)), far);
            var losses = network.criterion().losses(network.outputs(pictures), pictures, targets, random);
            assertThat(losses).containsOnlyKeys("iou_loss", "conf_loss", "cls_loss");
            losses.values().forEach(t -> assertThat(t.item()).isFinite());
        }
    }
}
