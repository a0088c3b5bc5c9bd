package dev.fovea.models.neck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class BiFpnTest {
    private static List<Tensor> maps() {
        return List.of(
                Tensor.randn(DType.FLOAT32, Device.CPU, 2, 4, 13, 9),
                Tensor.randn(DType.FLOAT32, Device.CPU, 2, 6, 7, 5),
                Tensor.randn(DType.FLOAT32, Device.CPU, 2, 8, 4, 3));
    }

    @Test
    void gives_maps_of_one_width_and_coarser_ones() {
        try (var scope = Scope.open();
                var neck = new BiFpn(List.of(4, 6, 8), 5, 2, 2)) {
            var mixed = neck.call(maps());
            assertThat(mixed).hasSize(5);
            long[][] sizes = {{13, 9}, {7, 5}, {4, 3}, {2, 2}, {1, 1}};
            for (int i = 0; i < sizes.length; i++) {
                assertThat(mixed.get(i).shape().toArray()).containsExactly(2, 5, sizes[i][0], sizes[i][1]);
            }
        }
    }

    @Test
    void every_map_tells_every_other_and_every_parameter_learns() {
        try (var scope = Scope.open();
                var neck = new BiFpn(List.of(4, 6, 8), 5, 1, 1)) {
            var maps = maps();
            maps.forEach(m -> m.requiresGrad(true));
            var mixed = neck.call(maps);
            for (int i = 0; i < mixed.size(); i++) {
                maps.forEach(Tensor::clearGrad);
                neck.call(maps).get(i).square().sum().backward();
                for (var map : maps) {
                    assertThat(map.grad().orElseThrow().abs().sum().item()).isPositive();
                }
            }
            neck.clearGrads();
            mixed.stream()
                    .map(m -> m.square().sum())
                    .reduce(Tensor::add)
                    .orElseThrow()
                    .backward();
            neck.parameters()
                    .forEach((key, p) -> assertThat(p.value().grad()).as(key).isPresent());
        }
    }

    @Test
    void maps_are_shared_out_by_weights_that_are_not_negative() {
        try (var scope = Scope.open();
                var off = Grad.off();
                var neck = new BiFpn(List.of(4, 6), 5, 0, 1)) {
            neck.eval();
            var fine = Tensor.randn(DType.FLOAT32, Device.CPU, 1, 4, 8, 8);
            var first = neck.call(List.of(fine, Tensor.randn(DType.FLOAT32, Device.CPU, 1, 6, 4, 4)))
                    .get(0);
            // A negative weight counts as none: the finer result then knows nothing of the coarser map.
            neck.parameters().get("rounds.0.down.0.weights").assign(Tensor.of(new float[] {2, -3}, 2));
            var one = neck.call(List.of(fine, Tensor.randn(DType.FLOAT32, Device.CPU, 1, 6, 4, 4)))
                    .get(0);
            var other = neck.call(List.of(fine, Tensor.randn(DType.FLOAT32, Device.CPU, 1, 6, 4, 4)))
                    .get(0);
            assertThat(one.sub(other).abs().max().item()).isZero();
            assertThat(one.sub(first).abs().max().item()).isPositive();
        }
    }

    @Test
    void refuses_fewer_than_two_maps() {
        assertThatThrownBy(() -> new BiFpn(List.of(4), 5, 0, 1)).hasMessageContaining("two maps or more");
    }
}
