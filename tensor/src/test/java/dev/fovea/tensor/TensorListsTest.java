package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TensorListsTest {
    private static final Offset<Double> CLOSE = within(1e-6);

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor row(double... values) {
        return Tensor.of(values, values.length);
    }

    @Test
    void fused_sgd_follows_the_formula_with_momentum_weight_decay_and_nesterov() {
        var params = List.of(row(1, -2).requiresGrad(true), row(3));
        var grads = List.of(row(0.5, 0.25), row(-1));
        var buffers = List.of(row(0, 0), row(0));
        double p = 1;
        double buffer = 0;
        for (int step = 0; step < 3; step++) {
            TensorLists.fusedSgd(params, grads, buffers, 0.1, 0.9, 0.2, 0.01, true, false, step == 0);
            double g = 0.5 + 0.01 * p;
            buffer = step == 0 ? g : 0.9 * buffer + (1 - 0.2) * g;
            p -= 0.1 * (g + 0.9 * buffer);
            assertThat(params.get(0).toDoubleArray()[0]).isCloseTo(p, CLOSE);
            assertThat(buffers.get(0).toDoubleArray()[0]).isCloseTo(buffer, CLOSE);
        }
    }

    @Test
    void fused_sgd_without_momentum_needs_no_buffers_and_can_maximise() {
        var params = List.of(row(1));
        TensorLists.fusedSgd(params, List.of(row(2)), List.of(), 0.1, 0, 0, 0, false, true, false);
        assertThat(params.get(0).item()).isCloseTo(1.2, CLOSE);
    }

    @Test
    void fused_adam_and_adamw_differ_in_where_weight_decay_goes() {
        for (boolean decoupled : new boolean[] {false, true}) {
            var params = List.of(row(1));
            var grads = List.of(row(0.5));
            var m = List.of(row(0));
            var v = List.of(row(0));
            var steps = List.of(Tensor.zeros());
            double p = 1;
            double mean = 0;
            double square = 0;
            for (int t = 1; t <= 4; t++) {
                if (decoupled) {
                    TensorLists.fusedAdamW(
                            params, grads, m, v, List.of(), steps, 0.1, 0.9, 0.99, 0.1, 1e-8, false, false);
                    p *= 1 - 0.1 * 0.1;
                } else {
                    TensorLists.fusedAdam(
                            params, grads, m, v, List.of(), steps, 0.1, 0.9, 0.99, 0.1, 1e-8, false, false);
                }
                double g = 0.5 + (decoupled ? 0 : 0.1 * p);
                mean = 0.9 * mean + 0.1 * g;
                square = 0.99 * square + 0.01 * g * g;
                p -= 0.1 * (mean / (1 - Math.pow(0.9, t))) / (Math.sqrt(square / (1 - Math.pow(0.99, t))) + 1e-8);
                assertThat(params.get(0).item()).isCloseTo(p, CLOSE);
                assertThat(steps.get(0).item()).isEqualTo(t);
            }
        }
    }

    @Test
    void amsgrad_keeps_the_largest_square() {
        var largest = List.of(row(0));
        var v = List.of(row(0));
        var params = List.of(row(1));
        var steps = List.of(Tensor.zeros());
        var m = List.of(row(0));
        TensorLists.fusedAdam(params, List.of(row(2)), m, v, largest, steps, 0.1, 0.9, 0.5, 0, 1e-8, true, false);
        TensorLists.fusedAdam(params, List.of(row(0)), m, v, largest, steps, 0.1, 0.9, 0.5, 0, 1e-8, true, false);
        assertThat(v.get(0).item()).isCloseTo(1, CLOSE);
        assertThat(largest.get(0).item()).isCloseTo(2, CLOSE);
    }

    @Test
    void list_arithmetic_is_that_of_each_tensor() {
        var a = List.of(row(1, 2), row(3).requiresGrad(true));
        var b = List.of(row(4, 5), row(6));
        TensorLists.addInPlace(a, 2, b);
        assertThat(a.get(0).toDoubleArray()).containsExactly(9, 12);
        TensorLists.mulInPlace(a, 0.5);
        TensorLists.mulInPlace(a, row(2).squeeze(0));
        assertThat(a.get(1).item()).isEqualTo(15);
        TensorLists.lerpInPlace(a, b, 0.5);
        assertThat(a.get(1).item()).isEqualTo(10.5);
        TensorLists.addcmulInPlace(a, b, b, 1);
        assertThat(a.get(1).item()).isEqualTo(46.5);
        TensorLists.addcdivInPlace(a, b, b, -6.5);
        assertThat(a.get(1).item()).isEqualTo(40);
        TensorLists.mulInPlace(a, b);
        TensorLists.divInPlace(a, b);
        TensorLists.maximumInPlace(a, List.of(row(0, 0), row(49)));
        TensorLists.sqrtInPlace(a);
        assertThat(a.get(1).item()).isEqualTo(7);
        TensorLists.copy(a, b);
        assertThat(a.get(1).item()).isEqualTo(6);
        assertThat(TensorLists.norms(List.of(row(3, 4), row(5)), 2))
                .extracting(Tensor::item)
                .containsExactly(5.0, 5.0);
        assertThat(TensorLists.norms(List.of(row(3, -4)), Double.POSITIVE_INFINITY)
                        .get(0)
                        .item())
                .isEqualTo(4);
        assertThat(TensorLists.sqrt(List.of(row(9))).get(0).item()).isEqualTo(3);
        TensorLists.zero(a);
        assertThat(a.get(0).toDoubleArray()).containsExactly(0, 0);
    }

    @Test
    void lists_that_do_not_correspond_are_told_with_the_place() {
        var a = List.of(row(1), row(1, 2));
        assertThatThrownBy(() -> TensorLists.addInPlace(a, 1, List.of(row(1))))
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("2 and 1 tensors");
        assertThatThrownBy(() -> TensorLists.addInPlace(a, 1, List.of(row(1), row(1, 2, 3))))
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("tensors number 1 are [2] float64 and [3] float64");
    }
}
