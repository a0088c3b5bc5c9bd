package dev.fovea.vision.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private static Image random(int width, int height, int channels, long seed) {
        byte[] pixels = new byte[width * height * channels];
        new Random(seed).nextBytes(pixels);
        return Image.wrap(width, height, channels, pixels);
    }

    @Test
    void mean_and_std_are_those_of_all_pixels_however_they_were_merged() {
        var first = random(5, 7, 3, 1);
        var second = random(20, 3, 3, 2);
        var one = new ChannelStatistics();
        one.add(first);
        one.add(second);
        var left = new ChannelStatistics();
        left.add(first);
        var right = new ChannelStatistics();
        right.add(second);
        right.merge(left);
        for (int c = 0; c < 3; c++) {
            double sum = 0;
            double squares = 0;
            for (Image image : List.of(first, second)) {
                for (int i = c; i < image.pixels().length; i += 3) {
                    double v = (image.pixels()[i] & 0xff) / 255.0;
                    sum += v;
                    squares += v * v;
                }
            }
            double mean = sum / 95;
            assertThat(one.mean().get(c)).isCloseTo(mean, within(1e-12));
            assertThat(one.std().get(c)).isCloseTo(Math.sqrt(squares / 95 - mean * mean), within(1e-12));
        }
        assertThat(right.mean()).isEqualTo(one.mean());
        assertThat(right.std()).isEqualTo(one.std());
        assertThat(one.pixels()).isEqualTo(95);
        assertThat(right.images()).isEqualTo(2);
        assertThat(one.normalize().channels()).isEqualTo(3);
    }

    @Test
    void grey_images_alone_give_one_channel_and_mixed_ones_three() {
        var statistics = new ChannelStatistics();
        assertThat(statistics.isGrey()).isFalse();
        statistics.add(Image.wrap(2, 1, 1, new byte[] {0, (byte) 255}));
        assertThat(statistics.isGrey()).isTrue();
        assertThat(statistics.normalize().mean()).containsExactly(0.5f);
        assertThat(statistics.normalize().std()).containsExactly(0.5f);
        statistics.add(Image.filled(1, 1, 0, 0, 255));
        assertThat(statistics.isGrey()).isFalse();
        assertThat(statistics.histogram(2)[255]).isEqualTo(2);
    }

    @Test
    void nothing_counted_is_an_error_and_no_variation_is_not() {
        assertThatThrownBy(() -> new ChannelStatistics().mean()).isInstanceOf(IllegalStateException.class);
        var flat = new ChannelStatistics();
        flat.add(Image.filled(3, 3, 8, 8, 8));
        assertThat(flat.normalize().std()).containsExactly(1f, 1f, 1f);
    }

    @Test
    void mean_image_averages_images_of_different_size_and_kind() {
        var a = new MeanImage(new Size(2, 2));
        a.add(Image.filled(7, 5, 10, 20, 30));
        var b = new MeanImage(new Size(2, 2));
        b.add(Image.filled(3, 3, 41));
        a.merge(b);
        assertThat(a.image()).isEqualTo(Image.filled(2, 2, 26, 31, 36));
        assertThatThrownBy(() -> new MeanImage(new Size(2, 2)).image()).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void images_along_one_line_need_one_component() {
        var images = new ArrayList<Image>();
        for (int i = 0; i < 20; i++) {
            images.add(Image.filled(6, 6, i * 10, 3, i * 5));
        }
        var components = PrincipalComponents.of(images, new Size(4, 4), 3);
        assertThat(components.samples()).isEqualTo(20);
        assertThat(components.explained()).hasSize(20);
        assertThat(components.explained().get(0)).isCloseTo(1, within(1e-9));
        assertThat(components.needed(0.99)).isEqualTo(1);
    }

    @Test
    void more_samples_than_values_and_fewer_give_the_shares_of_known_axes() {
        // Two pixels vary independently with variances 4 : 1.
        var images = new ArrayList<Image>();
        for (int i = 0; i < 4; i++) {
            byte x = (byte) ((i & 1) == 0 ? 100 : 140);
            byte y = (byte) ((i & 2) == 0 ? 100 : 120);
            images.add(Image.wrap(2, 1, 1, new byte[] {x, y}));
        }
        var tall = PrincipalComponents.of(images, new Size(1, 2), 1);
        assertThat(tall.explained()).hasSize(2);
        assertThat(tall.explained().get(0)).isCloseTo(0.8, within(1e-9));
        assertThat(tall.needed(0.8)).isEqualTo(1);
        assertThat(tall.needed(0.9)).isEqualTo(2);
        var wide = PrincipalComponents.of(images, new Size(10, 20), 1);
        assertThat(wide.explained()).hasSize(4);
        assertThat(wide.needed(1)).isLessThanOrEqualTo(2);
    }

    @Test
    void equal_images_have_no_variance_and_one_image_no_components() {
        var same = List.of(Image.filled(2, 2, 5), Image.filled(2, 2, 5));
        assertThat(PrincipalComponents.of(same, new Size(2, 2), 1).explained()).containsOnly(0.0);
        assertThatThrownBy(() -> PrincipalComponents.of(same.subList(0, 1), new Size(2, 2), 1))
                .hasMessageContaining("at least 2");
        assertThatThrownBy(() -> PrincipalComponents.of(same, new Size(200, 200), 3))
                .hasMessageContaining("4096");
    }
}
