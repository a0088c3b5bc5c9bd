package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.nn.Init;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatchNormTest {
    private static final Tensor BATCH = Scope.release(Tensor.of(new float[] {1, 2, 3, 6}, 4, 1));

    @Test
    void the_state_has_the_names_and_first_values_of_the_reference() {
        try (var norm = BatchNorm2d.of(2).build()) {
            assertThat(norm.stateDict().keySet())
                    .containsExactly("weight", "bias", "running_mean", "running_var", "num_batches_tracked");
            assertThat(norm.stateDict().get("running_var").toFloatArray()).containsExactly(1, 1);
            assertThat(norm.stateDict().get("num_batches_tracked").itemLong()).isZero();
        }
    }

    @Test
    void training_normalises_with_the_biased_variance_and_tracks_the_unbiased_one() {
        try (var scope = Scope.open();
                var norm = BatchNorm1d.of(1).build()) {
            var y = norm.call(BATCH);
            // mean 3, biased variance (4 + 1 + 0 + 9) / 4 = 3.5, unbiased 14 / 3
            assertThat((double) y.toFloatArray()[3]).isCloseTo(3 / Math.sqrt(3.5 + 1e-5), within(1e-6));
            assertThat(norm.stateDict().get("running_mean").item()).isCloseTo(0.3, within(1e-6));
            assertThat(norm.stateDict().get("running_var").item()).isCloseTo(0.9 + 0.1 * 14 / 3, within(1e-6));
            assertThat(norm.stateDict().get("num_batches_tracked").itemLong()).isEqualTo(1);
        }
    }

    @Test
    void evaluation_uses_the_running_statistics_and_leaves_them() {
        try (var scope = Scope.open();
                var norm = BatchNorm1d.of(1).eps(0).build()) {
            norm.eval();
            assertThat(norm.call(BATCH).toFloatArray()).containsExactly(1, 2, 3, 6);
            assertThat(norm.stateDict().get("running_mean").item()).isZero();
            assertThat(norm.stateDict().get("num_batches_tracked").itemLong()).isZero();
        }
    }

    @Test
    void without_momentum_the_statistics_are_the_average_over_all_batches() {
        try (var scope = Scope.open();
                var norm = BatchNorm1d.of(1).cumulative().build()) {
            norm.call(BATCH);
            norm.call(BATCH.add(2));
            norm.call(BATCH.add(4));
            assertThat(norm.stateDict().get("running_mean").item()).isCloseTo(5, within(1e-5));
            assertThat(norm.stateDict().get("running_var").item()).isCloseTo(14.0 / 3, within(1e-5));
        }
    }

    @Test
    void frozen_statistics_are_used_and_kept_in_training_too() {
        try (var scope = Scope.open();
                var norm = BatchNorm1d.of(1).eps(0).build()) {
            norm.freezeStatistics(true);
            assertThat(norm.call(BATCH).toFloatArray()).containsExactly(1, 2, 3, 6);
            assertThat(norm.stateDict().get("running_mean").item()).isZero();
            norm.freezeStatistics(false);
            norm.call(BATCH);
            assertThat(norm.stateDict().get("running_mean").item()).isGreaterThan(0.2);
        }
    }

    @Test
    void one_value_per_channel_is_refused_in_training() {
        try (var scope = Scope.open();
                var norm = BatchNorm2d.of(3).build()) {
            assertThatThrownBy(() -> norm.call(Tensor.ones(1, 3, 1, 1)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("more than one value per channel")
                    .hasMessageContaining("[1, 3, 1, 1]");
        }
    }

    @Test
    void normalisation_with_its_activation_equals_the_two_one_after_another() {
        try (var scope = Scope.open();
                var joint = BatchNormAct2d.of(3, SiLU.of()).eps(0.01).build();
                var norm = BatchNorm2d.of(3).eps(0.01).build()) {
            Init.uniform(joint.weight(), 0.5, 1.5);
            Init.uniform(joint.bias(), -1, 1);
            assertThat(joint.stateDict().keySet()).isEqualTo(norm.stateDict().keySet());
            norm.loadStrict(joint.stateDict());
            var x = Tensor.zeros(4, 3, 5, 5).uniformInPlace(-2, 2);
            var before = x.toFloatArray();
            for (boolean training : new boolean[] {true, false}) {
                joint.train(training);
                norm.train(training);
                try (var grad = Grad.off()) {
                    assertThat(joint.call(x).toFloatArray())
                            .containsExactly(norm.call(x).silu().toFloatArray());
                    assertThat(x.toFloatArray()).containsExactly(before);
                }
            }
            joint.call(x).sum().backward();
            norm.call(x).silu().sum().backward();
            assertThat(joint.weight().value().grad().orElseThrow().toFloatArray())
                    .containsExactly(norm.weight().value().grad().orElseThrow().toFloatArray());
            assertThatThrownBy(() -> joint.call(Tensor.zeros(1, 2, 4, 4))).hasMessageContaining("[N, 3, H, W]");
        }
    }

    @Test
    void a_constant_normalisation_trains_nothing_and_saves_no_counter() {
        try (var scope = Scope.open()) {
            var norm = BatchNorm2d.of(2).frozen().build();
            assertThat(norm.stateDict().keySet()).containsExactly("weight", "bias", "running_mean", "running_var");
            assertThat(norm.parameters()).isEmpty();
            assertThat(norm.weight()).isNull();
            norm.loadStrict(Map.of(
                    "weight", Tensor.of(new float[] {2, 1}, 2),
                    "bias", Tensor.of(new float[] {1, 0}, 2),
                    "running_mean", Tensor.of(new float[] {3, 0}, 2),
                    "running_var", Tensor.of(new float[] {4, 1}, 2)));
            norm.retune(0, 0.1);
            norm.freezeStatistics(false);
            var x = Tensor.of(new float[] {5, 7}, 1, 2, 1, 1);
            assertThat(norm.call(x).toFloatArray()).containsExactly(3, 7); // in training, of a single value
            assertThat(norm.stateDict().get("running_mean").toFloatArray()).containsExactly(3, 0);
        }
    }

    @Test
    void a_network_keeps_its_weights_when_its_normalisation_is_made_constant() {
        try (var scope = Scope.open()) {
            var net = Sequential.of(Conv2d.of(1, 2, 1), BatchNorm2d.of(2)).build();
            var norm = (BatchNorm2d) net.stages().get(1);
            norm.weight().assign(Tensor.of(new float[] {2, 5}, 2));
            norm.makeConstant();
            norm.makeConstant();
            assertThat(net.parameters().keySet()).containsExactly("0.weight", "0.bias");
            assertThat(net.stateDict().keySet())
                    .containsExactly("0.weight", "0.bias", "1.weight", "1.bias", "1.running_mean", "1.running_var");
            assertThat(net.stateDict().get("1.weight").toFloatArray()).containsExactly(2, 5);
        }
    }
}
