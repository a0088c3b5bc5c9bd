package dev.fovea.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.tensor.ResamplingOps.GridPadding;
import dev.fovea.tensor.ResamplingOps.Interpolation;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class GradientTest {
    private static final LossOps.Reduction MEAN = LossOps.Reduction.MEAN;

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    private static Tensor numbers(String name, long... shape) {
        return Golden.uniform(name, shape).mul(2).sub(1);
    }

    private static long[] pair(long n) {
        return new long[] {n, n};
    }

    private static void check(Function<List<Tensor>, Tensor> f, Tensor... inputs) {
        GradCheck.standard().check(f, inputs);
    }

    @Test
    void convolutions_have_the_gradients_of_their_differences() {
        var x = numbers("x", 2, 4, 5, 5);
        var w = numbers("w", 4, 2, 3, 3);
        var b = numbers("b", 4);
        check(t -> t.get(0).conv2d(t.get(1), t.get(2), pair(2), pair(1), pair(1), 2), x, w, b);
        check(t -> t.get(0).convTranspose2d(t.get(1), null, pair(2), pair(1), pair(1), pair(1), 2), x, w);
        long[] one = {1};
        check(t -> t.get(0).conv1d(t.get(1), null, one, one, one, 1), numbers("x1", 1, 2, 5), numbers("w1", 3, 2, 3));
        long[] three = {1, 1, 1};
        check(
                t -> t.get(0).conv3d(t.get(1), null, three, three, three, 1),
                numbers("x3", 1, 1, 3, 3, 3),
                numbers("w3", 2, 1, 2, 2, 2));
    }

    @Test
    void normalisations_have_the_gradients_of_their_differences() {
        var x = numbers("n", 3, 4, 2, 2);
        var w = numbers("nw", 4);
        var b = numbers("nb", 4);
        check(t -> t.get(0).batchNorm(t.get(1), t.get(2), null, null, true, 0.1, 1e-5), x, w, b);
        check(t -> t.get(0).groupNorm(2, t.get(1), t.get(2), 1e-5), x, w, b);
        check(t -> t.get(0).instanceNorm(t.get(1), t.get(2), 1e-5), x, w, b);
        check(t -> t.get(0).layerNorm(new long[] {2, 2}, null, null, 1e-5), x);
        check(t -> t.get(0).rmsNorm(new long[] {2, 2}, null, 1e-5), x);
        check(t -> t.get(0).localResponseNorm(3, 0.1, 0.75, 1), x);
        check(t -> t.get(0).normalize(2, 1, 1e-12), x);
    }

    @Test
    void attention_and_recurrence_have_the_gradients_of_their_differences() {
        var q = numbers("q", 1, 2, 3, 4);
        check(
                t -> t.get(0).scaledDotProductAttention(t.get(1), t.get(2), null, 0, true, null),
                q,
                numbers("k", 1, 2, 3, 4),
                numbers("v", 1, 2, 3, 4));
        var x = numbers("seq", 3, 2, 2);
        var state = numbers("h", 1, 2, 3);
        var r = new NetworkOps.Recurrence(1, true, 0, false, false);
        check(
                t -> t.get(0).lstm(t.get(1), t.get(2), t.subList(3, 7), r, true).get(0),
                x,
                state,
                numbers("c", 1, 2, 3),
                numbers("wi", 12, 2),
                numbers("wh", 12, 3),
                numbers("bi", 12),
                numbers("bh", 12));
        check(
                t -> t.get(0).gru(t.get(1), t.subList(2, 6), r, true).get(0),
                x,
                state,
                numbers("gi", 9, 2),
                numbers("gh", 9, 3),
                numbers("gbi", 9),
                numbers("gbh", 9));
    }

    @Test
    void resampling_and_pooling_have_the_gradients_of_their_differences() {
        var x = numbers("r", 1, 2, 4, 4);
        check(t -> t.get(0).interpolate(6, 3, Interpolation.BILINEAR, false, false), x);
        check(t -> t.get(0).interpolate(3, 3, Interpolation.BICUBIC, false, true), x);
        check(
                t -> t.get(0).gridSample(t.get(1), Interpolation.BILINEAR, GridPadding.ZEROS, false),
                x,
                numbers("grid", 1, 3, 3, 2).mul(0.8));
        check(t -> t.get(0).maxPool2d(pair(2), pair(2), pair(0), pair(1), false), x);
        check(t -> t.get(0).adaptiveAvgPool2d(3, 3), x);
        check(t -> t.get(0).square().lpPool2d(2, pair(2), pair(2), false), x);
    }

    @Test
    void losses_have_the_gradients_of_their_differences() {
        var x = numbers("loss", 3, 4);
        var y = numbers("other", 3, 4);
        var classes = Tensor.of(new long[] {0, 3, 1}, 3);
        check(t -> t.get(0).crossEntropy(classes, null, MEAN, -100, 0.1), x);
        check(t -> t.get(0).crossEntropy(y.softmax(1), null, MEAN, -100, 0), x);
        check(t -> t.get(0).binaryCrossEntropyWithLogits(y.sigmoid(), null, null, MEAN), x);
        check(t -> t.get(0).mseLoss(t.get(1), MEAN), x, y);
        check(t -> t.get(0).l1Loss(t.get(1), MEAN), x, y);
        check(t -> t.get(0).huberLoss(t.get(1), MEAN, 0.3), x, y);
        check(t -> t.get(0).smoothL1Loss(t.get(1), MEAN, 0.3), x, y);
        check(t -> t.get(0).cdist(t.get(1), 2), x, y);
        check(t -> t.get(0).cosineSimilarity(t.get(1), 1, 1e-8), x, y);
    }

    @Test
    void a_wrong_gradient_is_found_and_told_with_its_place() {
        assertThatThrownBy(() -> check(t -> t.get(0).mul(t.get(0).detach()), numbers("wrong", 3)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("input 0 [3] at element 0");
        assertThatThrownBy(() -> check(t -> t.get(0), Tensor.ones(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("float64");
    }

    @Test
    void hooks_see_and_change_gradients_until_they_are_closed() {
        var x = Tensor.ones(2).requiresGrad(true);
        var seen = new ArrayList<float[]>();
        var y = x.mul(3);
        try (var look = y.onGrad(g -> {
                    seen.add(g.toFloatArray());
                    return null;
                });
                var change = y.onGrad(g -> g.mul(10))) {
            y.sum().backward(Tensor.scalar(1), true);
        }
        assertThat(seen).hasSize(1);
        assertThat(seen.get(0)).containsExactly(1, 1);
        assertThat(x.grad().orElseThrow().toFloatArray()).containsExactly(30, 30);
        x.clearGrad();
        assertThat(x.grad()).isEmpty();
        y.sum().backward();
        assertThat(x.grad().orElseThrow().toFloatArray()).containsExactly(3, 3);
        assertThat(seen).hasSize(1);
    }

    @Test
    void a_failing_hook_fails_backward_and_many_hooks_live_at_once() {
        var x = Tensor.ones(1).requiresGrad(true);
        var hooks = new ArrayList<GradHook>();
        var count = new int[1];
        Tensor y = x;
        for (int i = 0; i < 40; i++) {
            y = y.mul(1);
            hooks.add(y.onGrad(g -> {
                count[0]++;
                return g;
            }));
        }
        y.backward();
        assertThat(count[0]).isEqualTo(40);
        hooks.forEach(GradHook::close);
        var z = x.mul(2);
        try (var hook = z.onGrad(g -> {
            throw new IllegalArgumentException("no such layer");
        })) {
            assertThatThrownBy(z::backward).hasMessageContaining("no such layer");
        }
    }

    @Test
    void gradients_of_gradients_and_modes() {
        var x = Tensor.of(new double[] {3}, 1).requiresGrad(true);
        var first = Grad.of(x.pow(3).sum(), List.of(x), true).get(0);
        assertThat(first.item()).isEqualTo(27);
        assertThat(Grad.of(first.sum(), List.of(x), false).get(0).item()).isEqualTo(18);
        try (var off = Grad.off()) {
            assertThat(x.mul(2).requiresGrad()).isFalse();
            try (var on = Grad.on()) {
                assertThat(x.mul(2).requiresGrad()).isTrue();
            }
            assertThat(Grad.isEnabled()).isFalse();
        }
        assertThat(Grad.isEnabled()).isTrue();
        assertThat(x.detach().requiresGrad()).isFalse();
    }
}
