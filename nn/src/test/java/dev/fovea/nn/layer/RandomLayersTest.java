package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RandomLayersTest {
    private final Scope scope = Scope.open();

    @BeforeEach
    void seed() {
        Seeds.set(3);
    }

    @AfterEach
    void free() {
        scope.close();
    }

    private static double share(Tensor y, double value) {
        return y.eq(value).to(dev.fovea.tensor.DType.FLOAT32).mean().item();
    }

    @Test
    void dropout_zeroes_its_share_in_training_and_keeps_the_mean() {
        var layer = Dropout.of(0.25).build();
        var y = layer.call(Tensor.ones(100_000));
        assertThat(share(y, 0)).isCloseTo(0.25, within(0.01));
        assertThat(y.mean().item()).isCloseTo(1, within(0.01));
        layer.eval();
        assertThat(share(layer.call(Tensor.ones(1000)), 1)).isEqualTo(1);
    }

    @Test
    void dropout_of_maps_zeroes_whole_maps() {
        var sums = Dropout2d.of(0.5).build().call(Tensor.ones(100, 20, 3, 3)).sum(false, 2, 3);
        assertThat(share(sums, 0)).isCloseTo(0.5, within(0.05));
        assertThat(share(sums, 0) + share(sums, 18)).isCloseTo(1, within(1e-6));
    }

    @Test
    void stochastic_depth_drops_samples_or_the_whole_batch() {
        var samples = StochasticDepth.perSample(0.2).build().call(Tensor.ones(5000, 4));
        assertThat(share(samples, 0)).isCloseTo(0.2, within(0.02));
        assertThat(share(samples, 0) + share(samples, 1.25)).isCloseTo(1, within(1e-6));
        assertThat(samples.amax(false, 1)
                        .sub(samples.amin(false, 1))
                        .abs()
                        .max()
                        .item())
                .isZero();

        var layer = StochasticDepth.perBatch(0.5).build();
        int dropped = 0;
        for (int i = 0; i < 400; i++) {
            double mean = layer.call(Tensor.ones(8, 2)).mean().item();
            assertThat(mean).isIn(0.0, 2.0);
            dropped += mean == 0 ? 1 : 0;
        }
        assertThat(dropped).isBetween(160, 240);
        assertThat(StochasticDepth.perBatch(1)
                        .build()
                        .call(Tensor.ones(4))
                        .sum()
                        .item())
                .isZero();
        layer.eval();
        assertThat(layer.call(Tensor.ones(3)).sum().item()).isEqualTo(3);
    }

    @Test
    void the_same_seed_drops_the_same_values() {
        var layer = Dropout.of(0.5).build();
        var x = Tensor.ones(1000);
        Seeds.set(11);
        var first = layer.call(x).toFloatArray();
        Seeds.set(11);
        assertThat(layer.call(x).toFloatArray()).containsExactly(first);
    }
}
