package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.nn.Init;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SamePaddingTest {
    /** Rows: height, width, kernel, stride, dilation, then left, right, top, bottom as TensorFlow documents them for {@code SAME}. */
    @ParameterizedTest
    @CsvSource({
        "8, 8, 3, 1, 1,  1, 1, 1, 1",
        "8, 8, 3, 2, 1,  0, 1, 0, 1",
        "7, 8, 3, 2, 1,  0, 1, 1, 1",
        "8, 8, 5, 2, 1,  1, 2, 1, 2",
        "9, 8, 7, 4, 1,  1, 2, 3, 3",
        "5, 5, 2, 1, 1,  0, 1, 0, 1",
        "6, 6, 1, 2, 1,  0, 0, 0, 0",
        "6, 9, 3, 1, 2,  2, 2, 2, 2",
        "8, 9, 3, 2, 2,  2, 2, 1, 2",
    })
    void the_odd_zero_goes_right_and_down_and_the_output_is_the_size_over_the_stride(
            int height, int width, int kernel, int stride, int dilation, int left, int right, int top, int bottom) {
        try (var scope = Scope.open();
                var grad = Grad.off();
                var conv = Conv2d.of(2, 3, kernel)
                        .stride(stride)
                        .dilation(dilation)
                        .same()
                        .build()) {
            Init.uniform(conv.weight(), -1, 1);
            var x = Tensor.zeros(2, 2, height, width).uniformInPlace(-1, 1);
            assertThat(SamePadding.of(x, conv.spec().window())).isEqualTo(new SamePadding(left, right, top, bottom));
            var y = conv.call(x);
            assertThat(y.dim(2)).isEqualTo(-Math.floorDiv(-height, stride));
            assertThat(y.dim(3)).isEqualTo(-Math.floorDiv(-width, stride));
            for (int row = 0; row < y.dim(2); row++) {
                for (int column = 0; column < y.dim(3); column++) {
                    float expected = value(x, conv, 1, 2, row * stride - top, column * stride - left);
                    assertThat(y.select(0, 1)
                                    .select(0, 2)
                                    .select(0, row)
                                    .select(0, column)
                                    .item())
                            .isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    /** One output from plain arrays: the window's upper left corner lies at (y0, x0), outside the map are zeros. */
    private static float value(Tensor x, Conv2d conv, int sample, int out, int y0, int x0) {
        var values = x.toFloatArray();
        var weights = conv.weight().value().toFloatArray();
        int height = (int) x.dim(2);
        int width = (int) x.dim(3);
        int kernel = conv.spec().window().kernelHeight();
        int dilation = conv.spec().window().dilation();
        float sum = conv.bias().value().toFloatArray()[out];
        for (int c = 0; c < 2; c++) {
            for (int i = 0; i < kernel * kernel; i++) {
                int row = y0 + i / kernel * dilation;
                int column = x0 + i % kernel * dilation;
                if (row >= 0 && row < height && column >= 0 && column < width) {
                    sum += values[((sample * 2 + c) * height + row) * width + column]
                            * weights[(out * 2 + c) * kernel * kernel + i];
                }
            }
        }
        return sum;
    }
}
