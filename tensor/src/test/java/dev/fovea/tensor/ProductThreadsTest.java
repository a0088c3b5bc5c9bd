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
                .matmul(Tensor.ones(DType.FLOAT32, Device.CPU, width, width).requiresGrad(true));
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

    @Test
    void a_large_linear_layer_gives_what_its_rows_give_alone() {
        try (var scope = Scope.open()) {
            Seeds.set(3);
            long rows = ProductThreads.LARGE / (256 * 64) + 5;
            var x = Tensor.randn(DType.FLOAT32, Device.CPU, 5, rows, 256)
                    .transpose(0, 1)
                    .requiresGrad(true);
            var weight = Tensor.randn(DType.FLOAT32, Device.CPU, 64, 256).requiresGrad(true);
            var bias = Tensor.randn(DType.FLOAT32, Device.CPU, 64).requiresGrad(true);
            var all = x.linear(weight, bias);
            assertThat(all.shape().toArray()).containsExactly(rows, 5, 64);
            var expected = x.detach()
                    .to(DType.FLOAT64)
                    .matmul(weight.detach().to(DType.FLOAT64).transpose(0, 1))
                    .add(bias.detach().to(DType.FLOAT64));
            assertThat(all.to(DType.FLOAT64).sub(expected).abs().max().item()).isLessThan(1e-3);

            all.square().mean().backward();
            var scale = 2.0 / all.numel();
            var flat = expected.reshape(-1, 64).mul(scale);
            var expectedGradient =
                    flat.transpose(0, 1).matmul(x.detach().to(DType.FLOAT64).reshape(-1, 256));
            var gradient = weight.grad().orElseThrow().to(DType.FLOAT64);
            assertThat(gradient.sub(expectedGradient).abs().max().item()).isLessThan(1e-4);
            assertThat(bias.grad()
                            .orElseThrow()
                            .to(DType.FLOAT64)
                            .sub(flat.sum(false, 0))
                            .abs()
                            .max()
                            .item())
                    .isLessThan(1e-4);
            assertThat(x.grad().orElseThrow().shape().toArray()).containsExactly(rows, 5, 256);
        }
    }
}
