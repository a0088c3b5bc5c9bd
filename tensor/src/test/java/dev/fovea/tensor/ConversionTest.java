package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConversionTest {
    private static final long[] ONE = {1, 1};
    private static final long[] ZERO = {0, 0};

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static ByteBuffer buffer(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Test
    void wrapping_starts_at_the_position_and_shares_memory_both_ways() {
        var bytes = buffer(6 * 4);
        for (int i = 0; i < 6; i++) {
            bytes.putFloat(4 * i, i);
        }
        bytes.position(8).limit(20);
        var x = Tensor.wrap(bytes, DType.FLOAT32, 3);
        assertThat(x.toFloatArray()).containsExactly(2, 3, 4);
        bytes.clear();
        bytes.putFloat(8, 20);
        x.fillInPlace(7);
        assertThat(bytes.getFloat(4)).isEqualTo(1);
        assertThat(bytes.getFloat(8)).isEqualTo(7);
        assertThat(bytes.getFloat(20)).isEqualTo(5);
        assertThat(Tensor.wrap(buffer(0), DType.FLOAT32, 0, 3).shape()).isEqualTo(Shape.of(0, 3));
    }

    @Test
    void a_wrapped_buffer_lives_as_long_as_a_view_and_no_longer() {
        int before = SharedBuffers.count();
        var bytes = buffer(1 << 20);
        bytes.put(5, (byte) 42);
        var view = Tensor.wrap(bytes, DType.UINT8, 1 << 20).narrow(0, 5, 1);
        var twice = Tensor.wrap(bytes, DType.UINT8, 1 << 20);
        assertThat(SharedBuffers.count()).isEqualTo(before + 2);
        twice.close();
        assertThat(SharedBuffers.count()).isEqualTo(before + 1);
        bytes = null;
        for (int i = 0; i < 5; i++) {
            System.gc();
            buffer(1 << 20).put(5, (byte) 1);
        }
        assertThat(view.itemLong()).isEqualTo(42);
        scope.close();
        assertThat(SharedBuffers.count()).isEqualTo(before);
        scope = Scope.open();
    }

    @Test
    void a_byte_buffer_is_the_tensors_memory_and_outlives_its_handle_outside_scopes() {
        var x = Tensor.of(new float[] {1, 2}, 2);
        x.asByteBuffer().putFloat(4, 9);
        assertThat(x.toFloatArray()).containsExactly(1, 9);
        assertThat(x.narrow(0, 1, 1).asByteBuffer().getFloat()).isEqualTo(9);
        assertThat(Tensor.zeros(0).asByteBuffer().remaining()).isZero();
        assertThatThrownBy(() -> Tensor.ones(2, 3).transpose(0, 1).asByteBuffer())
                .isInstanceOf(TensorException.class)
                .hasMessageContaining("contiguous()");
        var alone = Scope.release(Tensor.of(new long[] {77}, 1));
        var memory = alone.asByteBuffer();
        alone.close();
        assertThat(memory.getLong(0)).isEqualTo(77);
    }

    @Test
    void arrays_come_out_row_major_from_every_type_and_layout() {
        var x = Tensor.arange(0, 24, 1, DType.FLOAT32, Device.CPU).reshape(1, 2, 3, 4);
        assertThat(x.channelsLast().isChannelsLast()).isTrue();
        assertThat(x.channelsLast().toFloatArray()).containsExactly(x.toFloatArray());
        assertThat(x.transpose(2, 3).select(1, 0).toFloatArray()).containsExactly(0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11);
        for (var type : DType.values()) {
            var y = Tensor.of(new float[] {0, 1, 1}, 3).to(type);
            assertThat(y.dtype()).isEqualTo(type);
            assertThat(y.toFloatArray()).containsExactly(0, 1, 1);
            assertThat(y.toDoubleArray()).containsExactly(0, 1, 1);
            assertThat(y.toLongArray()).containsExactly(0, 1, 1);
            assertThat(y.toString()).contains(type.toString());
        }
        assertThat(Tensor.of(new byte[] {-1, 2}, DType.UINT8, 2).toLongArray()).containsExactly(255, 2);
        assertThat(Tensor.of(new byte[] {-1, 2}, DType.INT8, 2).toByteArray()).containsExactly(-1, 2);
        assertThat(Tensor.scalar(3.99).to(DType.BFLOAT16).item()).isEqualTo(3.984375);
        assertThat(x.to(Device.CPU)).isSameAs(x);
    }

    @Test
    void numbers_keep_integer_tensors_integer_unless_they_have_a_fraction() {
        var x = Tensor.of(new long[] {1, 2}, 2);
        assertThat(x.add(1).dtype()).isEqualTo(DType.INT64);
        assertThat(x.mul(0.5).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(x.div(2).toFloatArray()).containsExactly(0.5f, 1);
        assertThat(x.floorDivide(2).toLongArray()).containsExactly(0, 1);
        assertThat(x.lt(Double.POSITIVE_INFINITY).toLongArray()).containsExactly(1, 1);
        assertThat(x.add(0x1p62).toLongArray()[0]).isEqualTo((1L << 62) + 1);
        assertThatThrownBy(() -> x.maskedFill(x.eq(1), Double.NEGATIVE_INFINITY))
                .isInstanceOf(TensorException.class);
    }

    @Test
    void random_numbers_repeat_from_seed_and_from_state() {
        Seeds.set(3);
        var first = Tensor.randn(DType.FLOAT32, Device.CPU, 5).toFloatArray();
        var state = Seeds.state();
        var second = Tensor.uniform(2, 4, DType.FLOAT64, Device.CPU, 50);
        var third = Tensor.bernoulli(0.3, DType.FLOAT32, Device.CPU, 100);
        Seeds.restore(state);
        assertThat(Tensor.uniform(2, 4, DType.FLOAT64, Device.CPU, 50).contentEquals(second))
                .isTrue();
        assertThat(Tensor.bernoulli(0.3, DType.FLOAT32, Device.CPU, 100).contentEquals(third))
                .isTrue();
        Seeds.set(3);
        assertThat(Tensor.randn(DType.FLOAT32, Device.CPU, 5).toFloatArray()).containsExactly(first);
        assertThat(second.min().item()).isGreaterThanOrEqualTo(2);
        assertThat(second.max().item()).isLessThan(4);
        var drawn = Tensor.of(new float[] {0, 1, 0}, 3).multinomial(20, true);
        assertThat(drawn.toLongArray()).containsOnly(1);
        assertThat(Tensor.normal(5, 0, DType.FLOAT32, Device.CPU, 2).toFloatArray())
                .containsExactly(5, 5);
        assertThat(Tensor.ones(3).bernoulli().toFloatArray()).containsOnly(1);
    }

    @Test
    void reduced_precision_covers_convolutions_and_products_and_nests() {
        var x = Tensor.rand(DType.FLOAT32, Device.CPU, 1, 2, 4, 4);
        var w = Tensor.rand(DType.FLOAT32, Device.CPU, 2, 2, 3, 3).requiresGrad(true);
        assertThat(Precision.isReduced(Device.CPU)).isFalse();
        try (var reduced = Precision.BFLOAT16.activate(Device.CPU)) {
            assertThat(Precision.isReduced(Device.CPU)).isTrue();
            assertThat(x.conv2d(w, null, ONE, ZERO, ONE, 1).dtype()).isEqualTo(DType.BFLOAT16);
            assertThat(x.linear(Tensor.ones(3, 4), null).dtype()).isEqualTo(DType.BFLOAT16);
            assertThat(x.add(x).dtype()).isEqualTo(DType.FLOAT32);
            try (var full = Precision.FLOAT32.activate(Device.CPU)) {
                assertThat(x.conv2d(w, null, ONE, ZERO, ONE, 1).dtype()).isEqualTo(DType.FLOAT32);
            }
            assertThatThrownBy(() -> {
                        try (var again = Precision.BFLOAT16.activate(Device.CPU)) {
                            x.matmul(Tensor.ones(7, 7));
                        }
                    })
                    .isInstanceOf(TensorException.class);
            assertThat(x.matmul(x).dtype()).isEqualTo(DType.BFLOAT16);
            x.conv2d(w, null, ONE, ZERO, ONE, 1).to(DType.FLOAT32).sum().backward();
        }
        assertThat(x.matmul(x).dtype()).isEqualTo(DType.FLOAT32);
        assertThat(w.grad().orElseThrow().dtype()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void a_changed_weight_is_seen_at_once_in_reduced_precision() {
        var x = Tensor.ones(1, 2);
        var w = Tensor.ones(1, 2).requiresGrad(true);
        try (var reduced = Precision.BFLOAT16.activate(Device.CPU)) {
            assertThat(x.linear(w, null).item()).isEqualTo(2);
            TensorLists.mulInPlace(List.of(w), 4);
            assertThat(x.linear(w, null).item()).isEqualTo(8);
        }
    }

    @Test
    void usual_mistakes_are_told_with_operation_and_shapes() {
        var x = Tensor.ones(2, 3);
        assertMessage(() -> x.matmul(x), "matmul: ", "[2, 3] float32, [2, 3] float32");
        assertMessage(() -> x.add(Tensor.ones(4)), "add: ", "[4] float32");
        assertMessage(() -> Tensor.cat(List.of(x, Tensor.ones(2, 4)), 0), "cat: ", "[2, 4] float32 with dim=0");
        assertMessage(() -> Tensor.cat(List.of(), 0), "cat: ", "at least one");
        assertMessage(() -> x.matmul(Tensor.ones(DType.FLOAT64, Device.CPU, 3, 2)), "matmul: ", "float64");
        assertMessage(() -> x.select(0, 5), "select: ", "index=5");
        assertMessage(() -> x.indexSelect(0, Tensor.of(new long[] {9}, 1)), "index_select: ", "out of range");
        assertMessage(() -> x.embedding(Tensor.of(new long[] {9}, 1)), "embedding: ", "out of range");
        assertMessage(() -> x.reshape(4, 2), "reshape: ", "shape=[4, 2]");
        assertMessage(() -> x.linear(Tensor.ones(5, 4), null), "linear: expected input [..., 4]", "[2, 3]");
        assertMessage(() -> x.item(), "item: ", "[2, 3]");
        assertMessage(() -> x.backward(), "backward: expected a scalar", "[2, 3]");
        assertMessage(() -> x.sum().backward(), "backward: ", "grad");
        assertMessage(() -> x.onGrad(g -> g), "requiresGrad(true)", "[2, 3]");
        assertMessage(() -> x.conv3d(Tensor.ones(1, 1, 1, 1, 1), null, ONE, ONE, ONE, 1), "conv3d: ", "[2, 3]");
        assertMessage(() -> Tensor.of(new float[3], 2, 2), "needs 4 values, got 3", "[2, 2]");
        assertMessage(
                () -> Tensor.wrap(ByteBuffer.allocate(4), DType.FLOAT32, 1), "wrap: expected a direct buffer", "");
        assertMessage(() -> Tensor.of(new long[] {1}, 1).requiresGrad(true), "requires_grad: ", "loating");
        x.shape();
        x.close();
        assertThatThrownBy(() -> x.relu())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("[2, 3]")
                .hasMessageContaining("closed");
        assertThat(x.toString()).contains("closed");
    }

    private static void assertMessage(Runnable work, String... parts) {
        assertThatThrownBy(work::run)
                .isInstanceOf(TensorException.class)
                .hasMessageContainingAll(parts)
                .hasMessageNotContaining("Exception raised");
    }
}
