package dev.fovea.export.quantise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.FloatBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HistogramTest {
    /** As after a Relu: half zeros, half of a normal distribution, and one value far away. */
    private static Histogram rectified(float outlier) {
        var random = new Random(3);
        var values = new float[100_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.max(0, random.nextGaussian());
        }
        values[77] = outlier;
        var histogram = new Histogram(new Range(0, outlier));
        histogram.add(FloatBuffer.wrap(values));
        return histogram;
    }

    @Test
    void a_percentile_leaves_out_what_is_rarer() {
        var range = rectified(20).percentile(0.9999);
        assertThat(range.low()).isZero();
        // Of a normal distribution one value of ten thousand is beyond 3.72.
        assertThat(range.high()).isCloseTo(3.72f, within(0.2f));
        assertThat(rectified(20).percentile(1).high()).isCloseTo(20, within(0.02f));
    }

    @Test
    void entropy_cuts_an_outlier_off_but_not_the_distribution() {
        assertThat(rectified(12).entropy().high()).isBetween(3f, 8f);
        assertThat(rectified(4.5f).entropy().high()).isBetween(3f, 4.51f);
    }

    @Test
    void the_end_below_zero_is_cut_too() {
        var random = new Random(4);
        var values = new float[100_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        values[5] = -30;
        var histogram = new Histogram(new Range(-30, 10));
        histogram.add(FloatBuffer.wrap(values));
        var range = histogram.percentile(0.9999);
        assertThat(range.low()).isCloseTo(-3.9f, within(0.3f));
        assertThat(range.high()).isCloseTo(3.9f, within(0.3f));
    }
}
