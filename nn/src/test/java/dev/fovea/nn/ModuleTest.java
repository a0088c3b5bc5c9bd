package dev.fovea.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.nn.layer.Linear;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;

final class ModuleTest {
    /** Two names for one layer, as files of some references have them. */
    private static final class Shared extends Module {
        private final Linear layer = child("first", Linear.of(2, 3));

        Shared() {
            alias("second", layer);
        }
    }

    @Test
    void a_second_name_is_in_the_state_dict_and_nowhere_else() {
        try (var network = new Shared()) {
            assertThat(network.stateDict().keySet())
                    .containsExactly("first.weight", "first.bias", "second.weight", "second.bias");
            assertThat(network.parameters().keySet()).containsExactly("first.weight", "first.bias");
            assertThat(network.parameterCount()).isEqualTo(9);
            assertThat(network.modules().keySet()).containsExactly("", "first");
        }
    }

    @Test
    void loading_needs_both_names_and_fills_the_one_tensor() {
        try (var network = new Shared();
                var scope = Scope.open()) {
            var tensors = new LinkedHashMap<String, Tensor>();
            network.stateDict().forEach((key, tensor) -> tensors.put(key, tensor.copy()));
            tensors.put("second.bias", Tensor.ones(3));
            network.loadStrict(tensors);
            assertThat(network.layer.bias().value().toFloatArray()).containsExactly(1, 1, 1);
            tensors.remove("second.bias");
            assertThatThrownBy(() -> network.loadStrict(tensors)).isInstanceOf(StateDictException.class);
        }
    }
}
