package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Views, indexing, convolution and pooling against loops over plain arrays. */
class PlainArraysTest {
    private static Tensor counting(long... shape) {
        return Tensor.arange(0, (double) Shape.of(shape).numel(), 1, DType.FLOAT32, Device.CPU)
                .reshape(shape);
    }

    @Property(tries = 60)
    void slices_are_those_of_a_loop(
            @ForAll @IntRange(min = 1, max = 7) int rows,
            @ForAll @IntRange(min = 1, max = 7) int columns,
            @ForAll @IntRange(min = 0, max = 6) int start,
            @ForAll @IntRange(min = 0, max = 8) int end,
            @ForAll @IntRange(min = 1, max = 3) int step) {
        try (var scope = Scope.open()) {
            var got = counting(rows, columns).slice(1, start, end, step);
            int last = Math.min(end, columns);
            int count = Math.max(0, (last - start + step - 1) / step);
            assertThat(got.shape()).isEqualTo(Shape.of(rows, start >= last ? 0 : count));
            var values = got.toFloatArray();
            int k = 0;
            for (int r = 0; r < rows; r++) {
                for (int c = start; c < last; c += step) {
                    assertThat(values[k++]).isEqualTo(r * columns + c);
                }
            }
            assertThat(k).isEqualTo(values.length);
        }
    }

    @Property(tries = 60)
    void permutation_roll_and_flip_move_elements_as_their_formulas_say(
            @ForAll @IntRange(min = 1, max = 5) int a,
            @ForAll @IntRange(min = 1, max = 5) int b,
            @ForAll @IntRange(min = 1, max = 5) int c,
            @ForAll @IntRange(min = -6, max = 6) int shift) {
        try (var scope = Scope.open()) {
            var x = counting(a, b, c);
            var permuted = x.permute(2, 0, 1).toFloatArray();
            var rolled = x.roll(new long[] {shift}, 2).toFloatArray();
            var flipped = x.flip(1).toFloatArray();
            for (int i = 0; i < a; i++) {
                for (int j = 0; j < b; j++) {
                    for (int k = 0; k < c; k++) {
                        float value = (i * b + j) * c + k;
                        assertThat(permuted[(k * a + i) * b + j]).isEqualTo(value);
                        assertThat(rolled[(i * b + j) * c + Math.floorMod(k + shift, c)])
                                .isEqualTo(value);
                        assertThat(flipped[(i * b + b - 1 - j) * c + k]).isEqualTo(value);
                    }
                }
            }
        }
    }

    @Property(tries = 60)
    void gather_scatter_and_advanced_indexing_follow_their_indices(
            @ForAll @IntRange(min = 1, max = 5) int rows,
            @ForAll @IntRange(min = 1, max = 6) int columns,
            @ForAll @IntRange(min = 0, max = 1000) int seed) {
        try (var scope = Scope.open()) {
            var random = new java.util.Random(seed);
            var places = new long[rows * columns];
            for (int i = 0; i < places.length; i++) {
                places[i] = random.nextInt(columns);
            }
            var x = counting(rows, columns);
            var index = Tensor.of(places, rows, columns);
            var gathered = x.gather(1, index).toFloatArray();
            var added = new float[places.length];
            for (int i = 0; i < places.length; i++) {
                int row = i / columns;
                assertThat(gathered[i]).isEqualTo(row * columns + (int) places[i]);
                added[row * columns + (int) places[i]] += i;
            }
            assertThat(Tensor.zeros(rows, columns).scatterAdd(1, index, x).toFloatArray())
                    .containsExactly(added);
            var chosen = x.index(null, index.select(0, 0)).toFloatArray();
            for (int i = 0; i < chosen.length; i++) {
                assertThat(chosen[i]).isEqualTo((i / columns) * columns + (int) places[i % columns]);
            }
            var counts = index.reshape(-1).binCount(columns).toLongArray();
            for (int v = 0; v < columns; v++) {
                int value = v;
                assertThat(counts[v])
                        .isEqualTo(java.util.Arrays.stream(places)
                                .filter(p -> p == value)
                                .count());
            }
        }
    }

    @Property(tries = 40)
    void convolution_is_the_sum_of_products_of_a_naive_loop(
            @ForAll @IntRange(min = 3, max = 7) int height,
            @ForAll @IntRange(min = 3, max = 7) int width,
            @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 2) int stride,
            @ForAll @IntRange(min = 0, max = 2) int padding,
            @ForAll @IntRange(min = 1, max = 2) int groups) {
        try (var scope = Scope.open()) {
            int in = 2;
            int out = 4;
            var x = Golden.signed("x", 1, in, height, width);
            var w = Golden.signed("w", out, in / groups, kernel, kernel);
            long[] ones = {1, 1};
            var y = x.conv2d(w, null, new long[] {stride, stride}, new long[] {padding, padding}, ones, groups);
            int oh = (height + 2 * padding - kernel) / stride + 1;
            int ow = (width + 2 * padding - kernel) / stride + 1;
            assertThat(y.shape()).isEqualTo(Shape.of(1, out, oh, ow));
            var xs = x.toFloatArray();
            var ws = w.toFloatArray();
            var ys = y.toFloatArray();
            int perGroup = in / groups;
            for (int o = 0; o < out; o++) {
                int first = o / (out / groups) * perGroup;
                for (int r = 0; r < oh; r++) {
                    for (int c = 0; c < ow; c++) {
                        double sum = 0;
                        for (int i = 0; i < perGroup; i++) {
                            for (int m = 0; m < kernel; m++) {
                                for (int n = 0; n < kernel; n++) {
                                    int row = r * stride + m - padding;
                                    int column = c * stride + n - padding;
                                    if (row >= 0 && row < height && column >= 0 && column < width) {
                                        sum += (double) xs[((first + i) * height + row) * width + column]
                                                * ws[((o * perGroup + i) * kernel + m) * kernel + n];
                                    }
                                }
                            }
                        }
                        assertThat((double) ys[(o * oh + r) * ow + c]).isCloseTo(sum, within(1e-5));
                    }
                }
            }
        }
    }

    @Property(tries = 40)
    void pooling_is_the_largest_and_the_mean_of_a_naive_loop(
            @ForAll @IntRange(min = 3, max = 8) int size,
            @ForAll @IntRange(min = 1, max = 3) int kernel,
            @ForAll @IntRange(min = 1, max = 3) int stride) {
        try (var scope = Scope.open()) {
            var x = Golden.signed("p", 1, 1, size, size);
            long[] k = {kernel, kernel};
            long[] s = {stride, stride};
            long[] zero = {0, 0};
            var largest = x.maxPool2d(k, s, zero, new long[] {1, 1}, false).toFloatArray();
            var means = x.avgPool2d(k, s, zero, false, true).toFloatArray();
            var xs = x.toFloatArray();
            int n = (size - kernel) / stride + 1;
            assertThat(largest).hasSize(n * n);
            for (int r = 0; r < n; r++) {
                for (int c = 0; c < n; c++) {
                    double sum = 0;
                    float max = Float.NEGATIVE_INFINITY;
                    for (int i = 0; i < kernel; i++) {
                        for (int j = 0; j < kernel; j++) {
                            float v = xs[(r * stride + i) * size + c * stride + j];
                            sum += v;
                            max = Math.max(max, v);
                        }
                    }
                    assertThat(largest[r * n + c]).isEqualTo(max);
                    assertThat((double) means[r * n + c]).isCloseTo(sum / (kernel * kernel), within(1e-6));
                }
            }
        }
    }
}
