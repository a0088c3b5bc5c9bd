package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void sums_products_and_gradients_are_those_of_arithmetic() throws Exception {
        try (var scope = Scope.open()) {
            var x = Tensor.of(new float[] {1, 2, 3}, 3).requiresGrad(true);
            var y = x.mul(x).sum();
            y.backward();
            assertThat(y.item()).isEqualTo(14);
            assertThat(x.grad().orElseThrow().toFloatArray()).containsExactly(2, 4, 6);
        }
    }

    @Test
    void a_scope_frees_what_was_made_in_it_and_keep_moves_outward() {
        Tensor kept;
        Tensor dropped;
        try (var outer = Scope.open()) {
            try (var inner = Scope.open()) {
                dropped = Tensor.ones(2);
                kept = inner.keep(Tensor.ones(3));
            }
            assertThat(dropped.isClosed()).isTrue();
            assertThat(kept.isClosed()).isFalse();
        }
        assertThat(kept.isClosed()).isTrue();
        assertThatThrownBy(() -> kept.add(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("Scope");
    }

    @Test
    void values_of_a_list_live_without_the_list() {
        try (var scope = Scope.open()) {
            var parts = Tensor.arange(0, 6, 1, DType.FLOAT32, Device.CPU).split(0, 2, 4);
            var top = parts.get(1).topk(2, 0, true);
            assertThat(parts.get(0).toFloatArray()).containsExactly(0, 1);
            assertThat(top.values().toFloatArray()).containsExactly(5, 4);
            assertThat(top.indices().toLongArray()).containsExactly(3, 2);
            assertThat(Tensor.cat(List.of(parts.get(0), top.values()), 0).toFloatArray())
                    .containsExactly(0, 1, 5, 4);
        }
    }

    @Test
    void a_wrong_shape_is_told_with_operation_and_shapes() {
        try (var scope = Scope.open()) {
            var x = Tensor.zeros(8, 1, 28, 28);
            var w = Tensor.zeros(6, 3, 5, 5);
            long[] one = {1, 1};
            assertThatThrownBy(() -> x.conv2d(w, null, one, one, one, 1))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("conv2d: expected input [N, 3, H, W]")
                    .hasMessageContaining("[8, 1, 28, 28]");
            assertThatThrownBy(() -> x.matmul(w))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("matmul: ")
                    .hasMessageContaining("[6, 3, 5, 5] float32")
                    .hasMessageNotContaining("Exception raised");
        }
    }

    @Test
    void empty_memory_has_shape_and_type_and_takes_values() {
        try (var scope = Scope.open()) {
            var x = Tensor.empty(DType.FLOAT64, Device.CPU, 2, 3);
            assertThat(x.shape()).isEqualTo(Shape.of(2, 3));
            assertThat(x.dtype()).isEqualTo(DType.FLOAT64);
            assertThat(x.fillInPlace(4).toDoubleArray()).containsOnly(4);
        }
    }
}
