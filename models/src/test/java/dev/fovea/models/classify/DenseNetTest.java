package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.models.Models;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DenseNetTest {
    private static final Map<String, Object> SMALL =
            Map.of("classes", 3, "growth_rate", 4, "block_config", List.of(2, 1, 2, 1), "num_init_features", 8);

    @Test
    void the_last_map_is_rectified_and_pools_to_the_embedding() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = Models.classify("densenet121", SMALL)) {
            network.eval();
            var images = Tensor.zeros(1, 3, 64, 64).uniformInPlace(-1, 1);
            var maps = network.features(images);
            assertThat(network.featureChannels()).containsExactly(16, 12, 14, 11);
            assertThat(network.featureStrides()).containsExactly(4, 8, 16, 32);
            var last = maps.get(3);
            assertThat(last.min().item()).isZero();
            assertThat(last.adaptiveAvgPool2d(1, 1).flatten(1, -1).toFloatArray())
                    .isEqualTo(network.embed(images).toFloatArray());
        }
    }
}
