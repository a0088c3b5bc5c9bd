package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.nn.Layer;
import dev.fovea.nn.LayerSpec;
import dev.fovea.nn.Module;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

class SequentialTest {
    /** Adds one and remembers its results. */
    private static final class AddOne extends Layer {
        private final List<Tensor> made;

        private AddOne(List<Tensor> made) {
            this.made = made;
        }

        @Override
        protected Tensor forward(Tensor x) {
            made.forEach(t -> assertThat(t.isClosed()).isEqualTo(t != x && !Grad.isEnabled()));
            var y = x.add(1);
            made.add(y);
            return y;
        }
    }

    @Test
    void without_gradients_each_result_is_freed_once_the_next_stage_is_done() {
        var made = new ArrayList<Tensor>();
        LayerSpec<AddOne> spec = () -> new AddOne(made);
        try (var scope = Scope.open();
                var net = Sequential.of(spec, spec, spec, spec).build()) {
            var x = Tensor.zeros(2);
            try (var grad = Grad.off()) {
                var y = net.call(x);
                assertThat(made).hasSize(4);
                assertThat(made.subList(0, 3)).allMatch(Tensor::isClosed);
                assertThat(y.toFloatArray()).containsExactly(4, 4);
                assertThat(x.isClosed()).isFalse();
            }
            made.clear();
            assertThat(net.call(x).toFloatArray()).containsExactly(4, 4);
        }
    }

    @Test
    void a_stage_that_gives_its_input_back_closes_nothing() {
        try (var scope = Scope.open();
                var grad = Grad.off();
                var net = Sequential.of(Identity.of(), Dropout.of(0.5), Flatten.of(), Identity.of())
                        .build()) {
            net.eval();
            var x = Tensor.ones(1, 2, 2);
            var y = net.call(x);
            assertThat(x.isClosed()).isFalse();
            assertThat(y.toFloatArray()).containsExactly(1, 1, 1, 1);
        }
    }

    @Test
    void an_activation_overwrites_a_convolution_but_never_the_callers_input() {
        try (var scope = Scope.open();
                var net = Sequential.of(ReLU.of(), Conv2d.of(1, 1, 1).noBias(), ReLU.of())
                        .build()) {
            ((Conv2d) net.stages().get(1)).weight().assign(Tensor.of(new float[] {-1}, 1, 1, 1, 1));
            var x = Tensor.of(new float[] {-3, 2}, 1, 1, 1, 2);
            var y = net.call(x);
            assertThat(y.toFloatArray()).containsExactly(0, 0);
            assertThat(x.toFloatArray()).containsExactly(-3, 2);
            y.sum().backward();
            assertThat(((Conv2d) net.stages().get(1))
                            .weight()
                            .value()
                            .grad()
                            .orElseThrow()
                            .item())
                    .isZero();
        }
    }

    @Test
    void observers_see_every_stage_under_its_path_with_the_values_it_gave() throws Exception {
        var seen = new ArrayList<String>();
        try (var scope = Scope.open();
                var net = Sequential.of(Conv2d.of(1, 1, 1).noBias(), ReLU.of()).build()) {
            ((Conv2d) net.stages().get(0)).weight().assign(Tensor.of(new float[] {-1}, 1, 1, 1, 1));
            var results = new ArrayList<Double>();
            try (var observer = Module.observe((m, result) -> {
                seen.add(m.path());
                results.add(((Tensor) result).item());
            })) {
                net.call(Tensor.ones(1, 1, 1, 1));
                assertThat(results).containsExactly(-1.0, 0.0, 0.0);
            }
            net.call(Tensor.ones(1, 1, 1, 1));
            assertThat(seen).containsExactly("0", "1", "");
        }
    }

    @Test
    void children_are_named_by_place_or_as_given_and_can_be_replaced() {
        var stages = new LinkedHashMap<String, LayerSpec<? extends Layer>>();
        stages.put("features", Linear.of(4, 3));
        stages.put("act", ReLU.of());
        stages.put("head", Linear.of(3, 2));
        try (var scope = Scope.open();
                var net = Sequential.named(stages).build();
                var plain = Sequential.of(Linear.of(4, 3), Linear.of(3, 2)).build()) {
            assertThat(plain.stateDict().keySet()).containsExactly("0.weight", "0.bias", "1.weight", "1.bias");
            net.replace("head", Linear.of(3, 7));
            assertThat(net.stateDict().keySet())
                    .containsExactly("features.weight", "features.bias", "head.weight", "head.bias");
            assertThat(net.call(Tensor.ones(1, 4)).dim(1)).isEqualTo(7);
        }
    }

    @Test
    void a_wrong_input_is_told_with_the_path_of_the_layer() {
        try (var scope = Scope.open();
                var net = Sequential.of(Sequential.of(Conv2d.of(3, 8, 3)), Flatten.of())
                        .build()) {
            assertThatThrownBy(() -> net.call(Tensor.ones(8, 1, 28, 28)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("0.0 (Conv2d): expected input [N, 3, H, W], got [8, 1, 28, 28] float32; "
                            + "convert grey pictures to RGB, or build the network for 1 channel");
        }
    }
}
