package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Shape;
import dev.fovea.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** The worked examples that introductions to convolutional networks use, as they come out here. */
class TextbookTest {
    /** Seven by seven values; {@code #} stands for {@code value}, everything else for 0. */
    private static Tensor drawing(double value, String... rows) {
        var values = new float[rows.length * rows[0].length()];
        for (int y = 0; y < rows.length; y++) {
            for (int x = 0; x < rows[y].length(); x++) {
                values[y * rows[0].length() + x] = rows[y].charAt(x) == '#' ? (float) value : 0;
            }
        }
        return Tensor.of(values, 1, 1, rows.length, rows[0].length());
    }

    @Test
    void a_picture_of_10x10x3_and_ten_4x4_filters_at_stride_1_give_7x7x10() {
        try (var conv = Conv2d.of(3, 10, 4).build();
                var scope = Scope.open()) {
            assertThat(conv.call(Tensor.zeros(1, 3, 10, 10)).shape()).isEqualTo(Shape.of(1, 10, 7, 7));
        }
    }

    @Test
    void max_pooling_of_2x2_keeps_the_largest_of_four_and_average_pooling_their_mean() {
        try (var scope = Scope.open();
                var max = MaxPool2d.of(2).build();
                var mean = AvgPool2d.of(2).build()) {
            var x = Tensor.of(new float[] {1, 1, 2, 4, 5, 6, 7, 8, 3, 2, 1, 0, 1, 2, 3, 4}, 1, 1, 4, 4);
            assertThat(max.call(x).toFloatArray()).containsExactly(6, 8, 3, 4);
            assertThat(mean.call(x).toFloatArray()).containsExactly(3.25f, 5.25f, 2, 2);
        }
    }

    @Test
    void the_circle_filter_answers_15300_to_the_eye_and_nothing_to_the_nose() {
        try (var scope = Scope.open();
                var grad = Grad.off();
                var filter = Conv2d.of(1, 1, 7).noBias().build()) {
            filter.weight()
                    .assign(drawing(30, ".......", "..###..", ".#...#.", ".#...#.", ".#...#.", "..###..", "......."));
            var eye = drawing(85, ".......", "..###..", ".#...#.", "#.....#", ".#.....", ".......", ".......");
            var nose = drawing(85, "...#...", ".......", "..###..", "..###..", "..###..", ".......", "#.....#");

            assertThat(filter.call(eye).item()).isEqualTo(6 * (85 * 30)).isEqualTo(15_300);
            assertThat(filter.call(nose).item()).isZero();
        }
    }

    @Test
    void one_neuron_that_sees_a_picture_of_224x224x3_needs_150528_weights() {
        try (var layer = Linear.of(224 * 224 * 3, 1).noBias().build()) {
            assertThat(layer.parameterCount()).isEqualTo(150_528);
        }
    }
}
