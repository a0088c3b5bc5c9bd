package dev.fovea.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.nn.layer.Conv2d;
import dev.fovea.nn.layer.Linear;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InitTest {
    private final Scope scope = Scope.open();
    private final Conv2d conv = Conv2d.of(32, 64, 5).build();

    @BeforeEach
    void seed() {
        Seeds.set(7);
    }

    @AfterEach
    void free() {
        scope.close();
    }

    private double std() {
        try (var mode = Grad.off()) {
            return conv.weight().value().flatten(0, -1).std(0, false, 0).item();
        }
    }

    private double largest() {
        try (var mode = Grad.off()) {
            return conv.weight().value().abs().max().item();
        }
    }

    @Test
    void kaiming_keeps_the_variance_of_the_side_that_is_asked_for() {
        Init.kaimingNormal(conv.weight(), Init.Fan.IN, Init.RELU);
        assertThat(std()).isCloseTo(Math.sqrt(2.0 / (32 * 25)), within(3e-4));
        Init.kaimingNormal(conv.weight(), Init.Fan.OUT, Init.RELU);
        assertThat(std()).isCloseTo(Math.sqrt(2.0 / (64 * 25)), within(3e-4));
        Init.kaimingUniform(conv.weight(), Init.Fan.IN, Init.LINEAR);
        assertThat(std()).isCloseTo(Math.sqrt(1.0 / (32 * 25)), within(3e-4));
        assertThat(largest()).isLessThanOrEqualTo(Math.sqrt(3.0 / (32 * 25)) + 1e-7);
        assertThat(Init.leakyRelu(Math.sqrt(5))).isCloseTo(Math.sqrt(1.0 / 3), within(1e-12));
    }

    @Test
    void xavier_looks_at_both_sides() {
        Init.xavierNormal(conv.weight(), 1);
        assertThat(std()).isCloseTo(Math.sqrt(2.0 / (96 * 25)), within(3e-4));
        Init.xavierUniform(conv.weight(), 1);
        assertThat(std()).isCloseTo(Math.sqrt(2.0 / (96 * 25)), within(3e-4));
    }

    @Test
    void a_truncated_normal_is_cut_and_not_clipped() {
        Init.truncatedNormal(conv.weight(), 0, 1, -1, 1);
        // The deviation of a normal distribution cut at one deviation is 0.5396.
        assertThat(std()).isCloseTo(0.5396, within(0.005));
        assertThat(largest()).isLessThanOrEqualTo(1);
        try (var mode = Grad.off()) {
            var atRim = conv.weight()
                    .value()
                    .abs()
                    .ge(0.999)
                    .to(dev.fovea.tensor.DType.FLOAT32)
                    .mean();
            assertThat(atRim.item()).isLessThan(0.002);
        }
    }

    @Test
    void an_orthogonal_weight_times_its_transpose_is_the_identity() {
        var wide = Linear.of(20, 6).build();
        Init.orthogonal(wide.weight(), 1);
        try (var mode = Grad.off()) {
            var w = wide.weight().value();
            var off = w.matmul(w.transpose(0, 1)).sub(Tensor.eye(6, w.dtype(), w.device()));
            assertThat(off.abs().max().item()).isLessThan(1e-5);
        }
        assertThat(wide.weight().isTrainable()).isTrue();
    }

    @Test
    void one_seed_draws_the_numbers_of_the_reference() {
        Seeds.set(0);
        var layer = Linear.of(2, 1).build();
        // torch.manual_seed(0); torch.nn.Linear(2, 1)
        assertThat(layer.weight().value().toFloatArray()).containsExactly(-0.005293981f, 0.3793229f);
        assertThat(layer.bias().value().item()).isCloseTo(-0.58198076, within(1e-7));

        var matrix = Linear.of(4, 3).build().weight();
        Seeds.set(0);
        Init.truncatedNormal(matrix, 0.02);
        assertThat(matrix.value().toFloatArray()).startsWith(-0.0001876695f, 0.014660066f, -0.027003812f);
        Seeds.set(0);
        Init.orthogonal(matrix, 1);
        assertThat(matrix.value().toFloatArray()[2]).isCloseTo(-0.7939418f, within(1e-6f));
    }

    @Test
    void without_random_values_nothing_is_drawn_and_constants_are_set() {
        Seeds.set(3);
        float next = Tensor.rand(DType.FLOAT32, Device.CPU, 1).toFloatArray()[0];
        Seeds.set(3);
        try (var off = Init.off();
                var unset = Conv2d.of(4, 4, 3).build()) {
            assertThat(Init.isOn()).isFalse();
            Init.ones(unset.weight());
            Init.kaimingNormal(unset.weight(), Init.Fan.OUT, Init.RELU);
            Init.xavierUniform(unset.weight(), 1);
            Init.truncatedNormal(unset.weight(), 0.02);
            Init.orthogonal(unset.weight(), 1);
            assertThat(unset.weight().value().toFloatArray()).containsOnly(1);
        }
        assertThat(Init.isOn()).isTrue();
        assertThat(Tensor.rand(DType.FLOAT32, Device.CPU, 1).toFloatArray()).containsExactly(next);
    }
}
