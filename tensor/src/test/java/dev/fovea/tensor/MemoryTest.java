package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.tensor.trace.Trace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

class MemoryTest {
    private static final long[] ONE = {1, 1};

    /** A bit of everything that makes native objects, also such that are no tensors. */
    private static void everything(Tensor x, Tensor w, Tensor index) {
        try (var scope = Scope.open()) {
            w.clearGrad();
            var y = x.conv2d(w, null, ONE, ONE, ONE, 1).add(1.5).clamp(0, 2).std(1, false, 1);
            try (var hook = y.onGrad(g -> g.mul(2))) {
                y.sum().backward();
            }
            assertThat(w.grad().orElseThrow().device()).isEqualTo(Device.CPU);
            Grad.of(x.mul(w.sum()).sum(), List.of(w), true);
            x.split(1, 1, 2).get(0).topk(2, 3, true);
            x.sort(3, true);
            x.index(null, index);
            Tensor.cat(List.of(x, x), 0).interpolate(4, 4, ResamplingOps.Interpolation.BILINEAR, false, true);
            x.argmax(1, true);
            index.uniqueWithCounts();
            Tensor.einsum("i,i->", index, index);
            Tensor.meshgrid(index, index);
            index.to(DType.FLOAT32).multinomial(1, true);
            Seeds.restore(Seeds.state());
            try (var precision = Precision.BFLOAT16.activate(Device.CPU)) {
                x.matmul(x);
            }
            Tensor.of(new float[] {1, 2}, 2).toFloatArray();
            Tensor.wrap(ByteBuffer.allocateDirect(8).order(ByteOrder.nativeOrder()), DType.INT64, 1)
                    .asByteBuffer();
            TensorLists.norms(List.of(x, w), 2);
            x.scaledDotProductAttention(x, x, null, 0, false, 1.0);
            try (var trace = Trace.of(() -> x.neg().reluInPlace())) {
                assertThat(trace.nodes()).hasSize(2);
            }
            assertThat(x.contentEquals(w)).isFalse();
        }
    }

    @Test
    void many_steps_leave_no_native_object_and_no_native_memory() {
        try (var scope = Scope.open()) {
            var x = Tensor.rand(DType.FLOAT32, Device.CPU, 2, 3, 8, 8);
            var w = Tensor.rand(DType.FLOAT32, Device.CPU, 4, 3, 3, 3).requiresGrad(true);
            var index = Tensor.of(new long[] {0, 1}, 2);
            for (int i = 0; i < 60; i++) {
                everything(x, w, index);
            }
            System.gc(); // what other tests left
            long count = Pointer.totalCount();
            long physical = Pointer.physicalBytes();
            for (int i = 0; i < 150; i++) {
                everything(x, w, index);
            }
            assertThat(Pointer.totalCount()).isLessThanOrEqualTo(count);
            // The Java heap may still grow within this.
            assertThat(Pointer.physicalBytes() - physical).isLessThan(200L << 20);
            assertThat(SharedBuffers.count()).isZero();
        }
    }

    @Test
    void big_tensors_are_freed_at_once_when_their_scope_ends() {
        try (var warm = Scope.open()) {
            Tensor.ones(1 << 20);
        }
        long physical = Pointer.physicalBytes();
        for (int i = 0; i < 40; i++) {
            try (var scope = Scope.open()) {
                Tensor.ones(16 << 20); // 64 MB each, 2.5 GB together
            }
        }
        assertThat(Pointer.physicalBytes() - physical).isLessThan(300L << 20);
    }

    @Test
    void tensors_outside_scopes_are_collected_before_they_fill_the_memory() {
        long physical = Pointer.physicalBytes();
        Unscoped.thresholds(32L << 20, physical + (64L << 20));
        try {
            for (int i = 0; i < 100; i++) {
                Tensor.ones(4 << 20); // 16 MB each, 1.6 GB together
            }
            assertThat(Pointer.physicalBytes() - physical).isLessThan(800L << 20);
        } finally {
            Unscoped.thresholds(0, 0);
        }
    }

    @Test
    void a_failing_operation_leaves_nothing_behind() {
        try (var scope = Scope.open()) {
            var x = Tensor.ones(2, 3);
            assertThatThrownBy(() -> x.matmul(x)).isInstanceOf(TensorException.class);
            long count = Pointer.totalCount();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> x.matmul(x)).isInstanceOf(TensorException.class);
                assertThatThrownBy(() -> Tensor.cat(List.of(x, Tensor.ones(1)), 0))
                        .isInstanceOf(TensorException.class);
            }
            assertThat(Pointer.totalCount()).isEqualTo(count + 20); // the ones that were made for cat
        }
    }

    @Test
    void keep_moves_one_scope_outward_each_time_and_leaves_strangers_alone() {
        var stranger = Tensor.ones(1);
        try (var outer = Scope.open()) {
            Tensor kept;
            try (var middle = Scope.open()) {
                try (var inner = Scope.open()) {
                    kept = inner.keep(Tensor.ones(2));
                    assertThat(inner.keep(kept)).isSameAs(kept); // it is middle's now: inner has no say
                    inner.keep(stranger);
                }
                assertThat(kept.isClosed()).isFalse();
                middle.keep(kept);
            }
            assertThat(kept.isClosed()).isFalse();
            outer.keep(kept);
            kept.close();
            kept.close();
        }
        assertThat(stranger.isClosed()).isFalse();
        stranger.close();
    }

    @Test
    void an_outer_scope_can_keep_what_inner_scopes_made() {
        Tensor kept;
        try (var outer = Scope.open()) {
            try (var inner = Scope.open()) {
                kept = outer.keep(Tensor.ones(1)); // skips both
            }
        }
        assertThat(kept.isClosed()).isFalse();
        kept.close();
    }

    @Test
    void released_tensors_outlive_all_scopes_and_discarded_ones_go_early() {
        Tensor released;
        try (var scope = Scope.open()) {
            released = Scope.release(Tensor.ones(1));
            var early = Tensor.ones(1);
            Scope.discard(early);
            assertThat(early.isClosed()).isTrue();
            Scope.discard(released);
        }
        assertThat(released.isClosed()).isFalse();
        released.close();
    }

    @Test
    void scopes_refuse_other_threads_and_wrong_order() throws Exception {
        var pool = Executors.newSingleThreadExecutor();
        try (var scope = Scope.open()) {
            try (var inner = Scope.open()) {
                assertThatThrownBy(scope::close)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("innermost");
            }
            assertThatThrownBy(() -> pool.submit(scope::close).get())
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThatThrownBy(
                            () -> pool.submit(() -> scope.keep(Tensor.ones(1))).get())
                    .hasCauseInstanceOf(IllegalStateException.class);
            // A loader's tensor changes hands.
            var loaded = pool.submit(() -> Tensor.ones(3)).get();
            scope.take(loaded);
            var owned = pool.submit(() -> {
                        var theirs = Scope.open();
                        return Tensor.ones(theirs == null ? 1 : 2);
                    })
                    .get();
            assertThatThrownBy(() -> scope.take(owned))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("release");
            scope.close();
            scope.close();
            assertThat(loaded.isClosed()).isTrue();
            assertThatThrownBy(() -> scope.keep(loaded)).isInstanceOf(IllegalStateException.class);
        } finally {
            pool.shutdown();
        }
    }

    @Test
    void a_scope_around_a_long_loop_forgets_what_was_closed() {
        try (var scope = Scope.open()) {
            var kept = new ArrayList<Tensor>();
            for (int i = 0; i < 5000; i++) {
                var t = Tensor.zeros(1);
                if (i % 1000 == 0) {
                    kept.add(t);
                } else {
                    t.close();
                }
            }
            assertThat(scope.size()).isLessThan(2000);
            assertThat(kept).noneMatch(Tensor::isClosed);
        }
    }
}
