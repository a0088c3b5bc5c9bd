package dev.fovea.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.nn.Module;
import dev.fovea.nn.Parameter;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Values worked out by hand from the paper's formula, with a limit of 0.1. */
class AdaptiveClipTest {
    private static final class One extends Module {
        private final Parameter value;

        One(float[] values, long... shape) {
            value = parameter("value", Tensor.of(values, shape));
        }
    }

    private static float[] clipped(float[] weight, float[] gradient, DType type, long... shape) {
        try (var scope = Scope.open();
                var module = new One(weight, shape)) {
            module.to(type);
            module.value.value().mul(Tensor.of(gradient, shape).to(type)).sum().backward();
            GradientClip.adaptive(List.of(module.value), 0.1);
            return module.value.value().grad().orElseThrow().to(DType.FLOAT32).toFloatArray();
        }
    }

    @Test
    void rows_of_a_matrix_are_limited_by_their_own_weights() {
        float[] weight = {3, 4, 0, 0.0003f, 1, 0};
        float[] gradient = {6, 8, 0, 0.0003f, 0.03f, 0.04f};
        // Norms of weights 5, 0.001 at least, 1; of gradients 10, 0.0003, 0.05, which is less than a tenth of 1.
        float[] expected = {0.3f, 0.4f, 0, 0.0001f, 0.03f, 0.04f};
        assertThat(clipped(weight, gradient, DType.FLOAT32, 3, 2)).containsExactly(expected, within(1e-6f));
    }

    @Test
    void filters_of_a_convolution_are_units() {
        float[] weight = {1, 1, 1, 1, 2, 0, 0, 0};
        float[] gradient = {0.4f, 0, 0, 0, 0.1f, 0, 0.1f, 0};
        float[] expected = {0.2f, 0, 0, 0, 0.1f, 0, 0.1f, 0};
        assertThat(clipped(weight, gradient, DType.FLOAT32, 2, 1, 2, 2)).containsExactly(expected, within(1e-6f));
    }

    @Test
    void biases_gains_and_single_numbers_are_one_unit() {
        float[] expected = {0, 0, 0.3f};
        assertThat(clipped(new float[] {2, 2, 1}, new float[] {0, 0, 0.6f}, DType.FLOAT32, 3))
                .containsExactly(expected, within(1e-6f));
        assertThat(clipped(new float[] {2, 2, 1}, new float[] {0, 0, 0.6f}, DType.FLOAT32, 3, 1, 1, 1))
                .containsExactly(expected, within(1e-6f));
        assertThat(clipped(new float[] {0}, new float[] {-5}, DType.FLOAT32))
                .containsExactly(new float[] {-1e-4f}, within(1e-9f));
    }

    @Test
    void gradients_of_nothing_stay_and_short_types_are_measured_in_long_ones() {
        assertThat(clipped(new float[] {1, 2, 3, 4}, new float[4], DType.FLOAT32, 2, 2))
                .containsOnly(0);
        assertThat(clipped(new float[] {3, 4, 0, 1}, new float[] {6, 8, 0, 0.05f}, DType.BFLOAT16, 2, 2))
                .containsExactly(new float[] {0.3f, 0.4f, 0, 0.05f}, within(3e-3f));
    }

    @Test
    void a_limit_that_lets_nothing_through_is_refused() {
        assertThatThrownBy(() -> GradientClip.adaptive(List.of(), 0))
                .hasMessageContaining("above 0, such as 0.01; got 0");
    }
}
