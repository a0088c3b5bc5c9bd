package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Size;
import dev.fovea.vision.transform.BatchMix.Window;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchMixTest {
    private static final Size SIZE = new Size(2, 3);

    @ParameterizedTest
    @CsvSource({"0.05, 0.05", "0.2, 0.2", "1, 1", "2, 2", "0.5, 3", "8, 2"})
    void beta_samples_have_its_mean_and_variance(double a, double b) {
        var random = new SplittableRandom(1);
        int n = 200_000;
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < n; i++) {
            double value = new Beta(a, b).sample(random);
            assertThat(value).isBetween(0.0, 1.0);
            sum += value;
            squares += value * value;
        }
        double mean = a / (a + b);
        double variance = a * b / ((a + b) * (a + b) * (a + b + 1));
        assertThat(sum / n).isCloseTo(mean, within(4 * Math.sqrt(variance / n)));
        assertThat(squares / n - (sum / n) * (sum / n)).isCloseTo(variance, within(0.01 * variance + 0.0005));
    }

    @Test
    void mixup_blends_each_sample_with_the_one_before() {
        float[] images = new float[3 * 6];
        for (int i = 0; i < images.length; i++) {
            images[i] = i / 6 == 0 ? 1 : i / 6 == 1 ? 10 : 100;
        }
        new BatchMix(0.75, Optional.empty()).mixImages(images, 3, 1, SIZE);
        assertThat(images)
                .containsExactly(
                        25.75f, 25.75f, 25.75f, 25.75f, 25.75f, 25.75f, 7.75f, 7.75f, 7.75f, 7.75f, 7.75f, 7.75f, 77.5f,
                        77.5f, 77.5f, 77.5f, 77.5f, 77.5f);
        float[] targets = {1, 0, 0, 0, 1, 0, 0, 0, 1};
        new BatchMix(0.75, Optional.empty()).mixTargets(targets, 3, 3);
        assertThat(targets).containsExactly(0.75f, 0, 0.25f, 0.25f, 0.75f, 0, 0, 0.25f, 0.75f);
    }

    @Test
    void cutmix_copies_the_window_of_the_sample_before_in_every_channel() {
        float[] images = new float[2 * 2 * 6];
        for (int i = 0; i < images.length; i++) {
            images[i] = i;
        }
        new BatchMix(0.5, Optional.of(new Window(1, 0, 3, 1))).mixImages(images, 2, 2, SIZE);
        assertThat(images)
                .containsExactly(0, 13, 14, 3, 4, 5, 6, 19, 20, 9, 10, 11, 12, 1, 2, 15, 16, 17, 18, 7, 8, 21, 22, 23);
    }

    @Test
    void batch_of_one_stays_as_it_is() {
        float[] images = {1, 2, 3, 4, 5, 6};
        new BatchMix(0.25, Optional.empty()).mixImages(images, 1, 1, SIZE);
        new BatchMix(0.25, Optional.of(new Window(0, 0, 2, 2))).mixImages(images, 1, 1, SIZE);
        assertThat(images).containsExactly(1, 2, 3, 4, 5, 6);
    }

    @Test
    void cutmix_share_is_the_area_outside_its_window() {
        var random = new SplittableRandom(3);
        var size = new Size(24, 32);
        double sum = 0;
        for (int i = 0; i < 2000; i++) {
            var mix = new CutMix(1).draw(size, random);
            var window = mix.window().orElseThrow();
            assertThat(window.x2()).isLessThanOrEqualTo(32);
            assertThat(window.y2()).isLessThanOrEqualTo(24);
            assertThat(mix.lambda()).isCloseTo(1 - window.area() / 768.0, within(1e-12));
            sum += mix.lambda();
        }
        // Cutting at the border leaves more than the half that Beta(1, 1) asks for.
        assertThat(sum / 2000).isBetween(0.5, 0.75);
    }

    @Test
    void same_seed_draws_the_same_mixture() {
        assertThat(new MixUp(0.2).draw(new SplittableRandom(5)))
                .isEqualTo(new MixUp(0.2).draw(new SplittableRandom(5)));
        assertThat(new CutMix(1).draw(SIZE, new SplittableRandom(5)))
                .isEqualTo(new CutMix(1).draw(SIZE, new SplittableRandom(5)));
    }

    @Test
    void wrong_sizes_and_shapes_are_refused() {
        var mix = new BatchMix(0.5, Optional.of(new Window(0, 0, 4, 2)));
        assertThatThrownBy(() -> mix.mixImages(new float[12], 2, 1, SIZE))
                .hasMessageContaining("does not fit into images of 3x2");
        assertThatThrownBy(() -> mix.mixTargets(new float[5], 2, 3))
                .hasMessage("targets [2, 3] need 6 values, the buffer holds 5");
        assertThatThrownBy(() -> new MixUp(0)).hasMessage("mixup: alpha must be 0.001 to 1000, got 0");
    }
}
