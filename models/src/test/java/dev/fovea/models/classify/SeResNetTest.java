package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.Models;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SeResNetTest {
    /** The reference has no golden file here; its names and their order are written out. */
    @Test
    void a_bottlenecks_tensors_have_the_names_of_the_reference() {
        try (var network = Models.classify("seresnet50", Map.of("layers", List.of(1, 1, 1, 1), "classes", 2))) {
            assertThat(network.parameters().keySet())
                    .startsWith(
                            "conv1.weight",
                            "bn1.weight",
                            "bn1.bias",
                            "layer1.0.conv1.weight",
                            "layer1.0.bn1.weight",
                            "layer1.0.bn1.bias",
                            "layer1.0.conv2.weight",
                            "layer1.0.bn2.weight",
                            "layer1.0.bn2.bias",
                            "layer1.0.conv3.weight",
                            "layer1.0.bn3.weight",
                            "layer1.0.bn3.bias",
                            "layer1.0.se.fc1.weight",
                            "layer1.0.se.fc1.bias",
                            "layer1.0.se.fc2.weight",
                            "layer1.0.se.fc2.bias",
                            "layer1.0.downsample.0.weight",
                            "layer1.0.downsample.1.weight",
                            "layer1.0.downsample.1.bias",
                            "layer2.0.conv1.weight")
                    .endsWith("fc.weight", "fc.bias");
            var states = network.stateDict();
            assertThat(states.get("layer1.0.se.fc1.weight").shape().toArray()).containsExactly(16, 256, 1, 1);
            assertThat(states.get("layer4.0.se.fc2.weight").shape().toArray()).containsExactly(2048, 128, 1, 1);
            assertThat(states.get("layer4.0.bn3.weight").abs().sum().item()).isZero();
        }
    }

    @Test
    void the_middle_of_a_weighing_has_a_multiple_of_eight_channels() {
        try (var network = Models.classify("seresnet18", Map.of("classes", 2))) {
            var states = network.stateDict();
            assertThat(states.get("layer1.0.se.fc1.weight").dim(0)).isEqualTo(8); // 64 / 16 would be 4
            assertThat(states.get("layer4.1.se.fc1.weight").dim(0)).isEqualTo(32);
        }
    }

    @Test
    void basic_blocks_take_no_groups() {
        assertThatThrownBy(() -> Models.classify("seresnet18", Map.of("cardinality", 2)))
                .hasMessageContaining("basic residual blocks take only cardinality=1");
    }
}
