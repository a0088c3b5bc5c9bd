package dev.fovea.nn.layer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.tensor.Attributes;
import dev.fovea.tensor.Recording;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.trace.Recorder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** In training only autograd keeps intermediate results: no handle of ours does, and activations need no memory of their own. */
class TrainingMemoryTest {
    private static final class Watch implements Recorder {
        private final List<Tensor> made = new ArrayList<>();
        private int activations;
        private int inPlace;

        @Override
        public void operation(String name, List<Tensor> inputs, Attributes attributes, List<Tensor> outputs) {
            made.addAll(outputs);
            if (name.equals("relu")) {
                activations++;
                inPlace += outputs.get(0).isAliasOf(inputs.get(0)) ? 1 : 0;
            }
        }

        @Override
        public void enter(String moduleName) {}

        @Override
        public void leave() {}
    }

    @Test
    void a_stack_of_convolution_normalisation_and_relu_leaves_one_handle_and_activates_in_place() {
        var watch = new Watch();
        try (var net = Sequential.of(
                                Conv2d.of(3, 8, 3).noBias(),
                                BatchNorm2d.of(8),
                                ReLU.of(),
                                Conv2d.of(8, 8, 3).noBias(),
                                BatchNorm2d.of(8),
                                ReLU.of())
                        .build();
                var scope = Scope.open()) {
            var x = Tensor.randn(dev.fovea.tensor.DType.FLOAT32, dev.fovea.tensor.Device.CPU, 2, 3, 12, 12);
            Tensor y;
            try (var recording = Recording.start(watch)) {
                y = net.call(x);
            }
            assertThat(watch.activations).isEqualTo(2);
            assertThat(watch.inPlace).isEqualTo(2);
            assertThat(watch.made.stream().filter(t -> !t.isClosed())).containsExactly(y);
            y.square().mean().backward();
            assertThat(net.parameters().values())
                    .allSatisfy(p -> assertThat(p.value().grad()).isPresent());
        }
    }

    @Test
    void in_place_activations_give_the_gradients_of_those_with_memory_of_their_own() {
        try (var scope = Scope.open();
                var net = Sequential.of(
                                Conv2d.of(2, 4, 3),
                                BatchNorm2d.of(4),
                                ReLU.of(),
                                Conv2d.of(4, 4, 3),
                                LeakyReLU.of(0.1),
                                GroupNorm.of(2, 4),
                                ReLU6.of(),
                                Conv2d.of(4, 1, 1),
                                Hardswish.of())
                        .build()) {
            var x = Tensor.randn(dev.fovea.tensor.DType.FLOAT32, dev.fovea.tensor.Device.CPU, 2, 2, 8, 8);
            net.call(x).sum().backward();
            var inPlace = net.parameters().values().stream()
                    .map(p -> p.value().grad().orElseThrow().copy())
                    .toList();
            net.clearGrads();
            var y = x;
            for (var stage : net.stages()) {
                y = stage.call(y);
            }
            y.sum().backward();
            int i = 0;
            for (var parameter : net.parameters().values()) {
                var own = parameter.value().grad().orElseThrow();
                assertThat(own.sub(inPlace.get(i++)).abs().max().item()).isLessThan(1e-5);
            }
        }
    }
}
