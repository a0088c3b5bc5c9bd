package dev.fovea.models.classify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.models.Models;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VggTest {
    private static final long POOLED = 512L * 7 * 7;

    /** With narrow fully connected layers, whose share is known, so that half a gigabyte need not be filled. */
    @ParameterizedTest
    @ValueSource(strings = {"vgg11", "vgg11_bn", "vgg13", "vgg13_bn", "vgg16", "vgg16_bn", "vgg19", "vgg19_bn"})
    void the_stated_parameter_counts_are_true(String name) {
        try (var network = Models.classify(name, Map.of("num_features", 1, "classes", 1))) {
            long narrow = classifier(1, 1);
            long full = network.parameterCount() - narrow + classifier(4096, 1000);
            assertThat(full).isEqualTo(Models.get(name).parameters());
        }
    }

    private static long classifier(long width, long classes) {
        return (POOLED + 1) * width + (width + 1) * width + (width + 1) * classes;
    }

    @Test
    void pictures_shrink_to_one_pixel_at_the_least() {
        try (var scope = Scope.open();
                var mode = Grad.off();
                var network = Models.classify("vgg11", Map.of("num_features", 8, "classes", 2))) {
            network.eval();
            assertThat(network.call(Tensor.zeros(1, 3, 32, 40)).shape().toArray())
                    .containsExactly(1, 2);
            assertThat(network.featureChannels()).containsExactly(256, 512, 512, 512);
            assertThat(network.featureStrides()).containsExactly(4, 8, 16, 32);
            assertThatThrownBy(() -> network.call(Tensor.zeros(1, 3, 31, 40)))
                    .hasMessageContaining("at least 32x32 pixels");
        }
    }

    @Test
    void a_configuration_without_convolutions_is_refused() {
        assertThatThrownBy(() -> Models.classify("vgg11", Map.of("cfg", List.of(0, 0))))
                .hasMessageContaining("'cfg' needs at least one convolution");
    }

    @Test
    void weights_start_as_published() {
        try (var network = Models.classify("vgg11", Map.of("num_features", 256, "classes", 200))) {
            var states = network.stateDict();
            assertThat(deviation(states.get("features.8.weight")))
                    .isBetween(0.0287, 0.0303); // sqrt(2 / (512 * 9)), on 256 * 256 * 9 values
            assertThat(deviation(states.get("classifier.6.weight"))).isBetween(0.0098, 0.0102);
            assertThat(states.get("features.8.bias").abs().sum().item()).isZero();
            assertThat(states.get("classifier.0.bias").abs().sum().item()).isZero();
        }
    }

    private static double deviation(Tensor t) {
        return t.flatten(0, -1).std(0, false, 0).item();
    }
}
