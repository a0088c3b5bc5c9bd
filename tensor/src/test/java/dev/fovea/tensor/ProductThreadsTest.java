package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProductThreadsTest {
    private static final int BEFORE = Threads.get();

    @AfterEach
    void restore() {
        Threads.set(BEFORE);
    }

    private static int ofOpenBlas() {
        int threads = ProductThreads.now();
        assumeTrue(threads > 0, "products are not OpenBLAS's here");
        return threads;
    }

    private static Tensor product(long rows, long width) {
        return Tensor.ones(DType.FLOAT32, Device.CPU, rows, width)
                .linear(Tensor.ones(DType.FLOAT32, Device.CPU, width, width).requiresGrad(true), null);
    }

    @Test
    void small_products_stay_on_one_thread_and_large_ones_take_all() {
        Threads.set(2);
        try (var scope = Scope.open()) {
            product(8, 64);
            assertThat(ofOpenBlas()).isEqualTo(1);
            product(ProductThreads.LARGE / (512 * 512), 512);
            assertThat(ofOpenBlas()).isEqualTo(2);
            product(8, 64);
            assertThat(ofOpenBlas()).isEqualTo(1);
        }
    }

    @Test
    void backward_gets_what_the_largest_product_got() {
        Threads.set(2);
        try (var scope = Scope.open()) {
            var large = product(ProductThreads.LARGE / (512 * 512), 512);
            product(8, 64);
            large.sum().backward();
            assertThat(ofOpenBlas()).isEqualTo(2);
            product(8, 64).sum().backward();
            assertThat(ofOpenBlas()).as("the large one is forgotten").isEqualTo(1);
        }
    }

    @Test
    void never_more_threads_than_operations_have() {
        Threads.set(1);
        try (var scope = Scope.open()) {
            product(ProductThreads.LARGE / (512 * 512), 512);
            assertThat(ofOpenBlas()).isEqualTo(1);
        }
    }
}
