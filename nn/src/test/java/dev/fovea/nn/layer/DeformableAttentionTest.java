package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.GradCheck;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DeformableAttentionTest {
    private static final List<long[]> SIZES = List.of(new long[] {3, 4}, new long[] {2, 2});

    /** u in 0-1 of the generator of golden numbers. */
    private static Tensor generated(String name, double scale, double shift, long... shape) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(java.nio.charset.StandardCharsets.US_ASCII)) {
            h = (h ^ b) * 0x100000001b3L;
        }
        int count = 1;
        for (long s : shape) {
            count *= (int) s;
        }
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            long z = h + i + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            values[i] = (float) (((z ^ (z >>> 31)) >>> 40) / (double) (1 << 24) * scale + shift);
        }
        return Tensor.of(values, shape);
    }

    @Test
    void sampling_equals_the_reference() {
        // torch 1.13.1 with the plain implementation of RT-DETR, Apache-2.0
        float[] expected = {
            0.018784866f,
            0.5122341f,
            0.16380095f,
            -0.1314142f,
            -0.19096366f,
            -0.014069032f,
            -0.10779953f,
            0.47304517f,
            0.21945427f,
            0.2746743f,
            0.08371051f,
            0.018770702f,
            0.09399624f,
            0.16144197f,
            -0.24021149f,
            0.09966719f,
            -0.084958896f,
            -0.106216416f,
            0.1666024f,
            0.33140332f,
            0.2409159f,
            0.08592223f,
            -0.17022973f,
            -0.049397737f,
            0.005228244f,
            0.17243254f,
            0.038231704f,
            -0.20956427f,
            0.0062844306f,
            -0.06419721f
        };
        try (var scope = Scope.open()) {
            var values = generated("op2.da.value", 2, -1, 1, 16, 2, 3);
            var places = generated("op2.da.loc", 1.4, -0.2, 1, 5, 2, 2, 2, 2).reshape(1, 5, 2, 4, 2);
            var weights = generated("op2.da.weight", 2, -1, 1, 5, 2, 4).mul(2).softmax(-1);
            var found = DeformableAttention.sample(values, SIZES, List.of(2, 2), places, weights, false);
            assertThat(found.isClose(Tensor.of(expected, 1, 5, 6), 1e-5, 1e-6)).isTrue();
        }
    }

    @Test
    void gradients_are_those_of_differences() {
        Seeds.set(2);
        try (var scope = Scope.open()) {
            var values = Tensor.randn(DType.FLOAT64, Device.CPU, 1, 16, 2, 1);
            var places = Tensor.uniform(0.2, 0.8, DType.FLOAT64, Device.CPU, 1, 2, 2, 4, 2);
            var weights = Tensor.uniform(0.2, 0.8, DType.FLOAT64, Device.CPU, 1, 2, 2, 4);
            GradCheck.standard()
                    .check(
                            in -> DeformableAttention.sample(
                                            in.get(0), SIZES, List.of(2, 2), in.get(1), in.get(2), false)
                                    .square()
                                    .sum(),
                            values,
                            places,
                            weights);
        }
    }

    @Test
    void padding_is_not_seen_and_any_number_of_points_works() {
        Seeds.set(3);
        try (var attention = DeformableAttention.of(8, 2, List.of(3, 1)).build();
                var scope = Scope.open()) {
            var queries = Tensor.randn(DType.FLOAT32, Device.CPU, 1, 5, 8);
            var references = Tensor.rand(DType.FLOAT32, Device.CPU, 1, 5, 1, 4);
            var values = Tensor.randn(DType.FLOAT32, Device.CPU, 1, 16, 8);
            var padding = Tensor.zeros(1, 16).ne(0);
            padding.narrow(1, 4, 6).fillInPlace(1);
            var other = values.copy();
            other.narrow(1, 4, 6).fillInPlace(7);
            var one = attention.call(queries, references, values, SIZES, padding);
            assertThat(one.shape().toArray()).containsExactly(1, 5, 8);
            assertThat(one.contentEquals(attention.call(queries, references, other, SIZES, padding)))
                    .isTrue();
        }
    }
}
