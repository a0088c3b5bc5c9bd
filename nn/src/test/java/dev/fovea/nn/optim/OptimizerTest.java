package dev.fovea.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.nn.schedule.Schedule;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.Device;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.tensor.Threads;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
    static Stream<OptimizerSpec> specs() {
        return Stream.of(
                Sgd.of(0.1),
                Sgd.of(0.1).momentum(0.9).dampening(0.1),
                RmsProp.of(0.01).weightDecay(0.01),
                RmsProp.of(0.01).centered().momentum(0.9),
                Adam.of(0.01).amsgrad(),
                AdamW.of(0.01),
                AdamW.of(0.01).masterWeights());
    }

    private static Vectors net(OptimizerSpec spec) {
        var net = new Vectors("a", Fill.values("a", 1, 5), "b", Fill.values("b", 1, 3));
        if (spec.hasMasterWeights()) {
            net.to(DType.BFLOAT16);
        }
        return net;
    }

    private static void step(Vectors net, Optimizer optimizer, int t) {
        net.pull("a", Fill.values("ga" + t, 1, 5));
        if (t != 1) {
            net.pull("b", Fill.values("gb" + t, 1, 3));
        }
        optimizer.step();
        optimizer.zeroGrad();
    }

    @ParameterizedTest
    @MethodSource("specs")
    void a_restored_optimizer_goes_on_bit_by_bit(OptimizerSpec spec) {
        try (var scope = Scope.open();
                var whole = net(spec);
                var first = spec.build(whole);
                var resumed = net(spec);
                var second = spec.build(resumed)) {
            for (int t = 0; t < 3; t++) {
                step(whole, first, t);
            }
            resumed.parameters().forEach((key, p) -> p.assign(whole.get(key)));
            second.restore(first.stateTensors(), first.stateScalars());
            for (int t = 3; t < 6; t++) {
                step(whole, first, t);
                step(resumed, second, t);
            }
            for (String key : new String[] {"a", "b"}) {
                assertThat(resumed.get(key).toFloatArray())
                        .isEqualTo(whole.get(key).toFloatArray());
            }
            assertThat(second.stateTensors().keySet())
                    .isEqualTo(first.stateTensors().keySet());
        }
    }

    @Test
    void small_steps_survive_in_master_weights_and_are_lost_without() {
        for (boolean masters : new boolean[] {true, false}) {
            var spec = masters ? Sgd.of(1e-3).masterWeights() : Sgd.of(1e-3);
            try (var scope = Scope.open();
                    var net = new Vectors("a", new float[] {1})) {
                net.to(DType.BFLOAT16);
                try (var optimizer = spec.build(net)) {
                    for (int i = 0; i < 100; i++) {
                        net.pull("a", new float[] {1});
                        optimizer.step();
                        optimizer.zeroGrad();
                    }
                    assertThat(net.get("a").item()).isBetween(masters ? 0.895 : 1, masters ? 0.905 : 1);
                }
            }
        }
    }

    @Test
    void groups_have_their_own_rates_that_a_schedule_sets() {
        try (var scope = Scope.open();
                var net = new Vectors("a", new float[] {1}, "b", new float[] {1}, "c", new float[] {1})) {
            var parameters = net.parameters();
            parameters.get("c").freeze();
            var groups = List.of(
                    ParameterGroup.of("body", Map.of("a", parameters.get("a"), "c", parameters.get("c")))
                            .lr(0.1),
                    ParameterGroup.of("head", Map.of("b", parameters.get("b"))).weightDecay(0.5));
            try (var optimizer = Sgd.of(1).build(groups)) {
                optimizer.schedule(Schedule.step(1, 0.5), 1);
                net.pull("a", new float[] {1});
                net.pull("b", new float[] {1});
                optimizer.step();
                assertThat(net.get("a").item()).isCloseTo(0.95, within(1e-6));
                assertThat(net.get("b").item()).isCloseTo(0.25, within(1e-6));
                assertThat(net.get("c").item()).isEqualTo(1);
                assertThat(optimizer.stateScalars())
                        .containsEntry("lr/head", 0.5)
                        .containsEntry("weight_decay/head", 0.5);
            }
        }
    }

    @Test
    void a_gradient_that_lies_otherwise_in_memory_is_used_element_by_element() {
        try (var scope = Scope.open()) {
            var values = Tensor.arange(0, 2 * 3 * 2 * 2, 1, DType.FLOAT32, Device.CPU)
                    .reshape(2, 3, 2, 2);
            try (var net = new Vectors("w", values.copy());
                    var optimizer = Sgd.of(1).momentum(0.9).build(net)) {
                net.pull("w", values);
                optimizer.step();
                net.channelsLast();
                net.pull("w", values);
                optimizer.step();
                var expected = values.mul(-1.9).toFloatArray();
                assertThat(net.get("w").toFloatArray()).containsExactly(expected, within(1e-4f));
            }
        }
    }

    @Test
    void a_state_of_another_optimizer_is_refused_and_nothing_changes() {
        try (var scope = Scope.open();
                var net = net(Sgd.of(1));
                var adam = Adam.of(0.1).build(net);
                var sgd = Sgd.of(0.1).momentum(0.9).build(net)) {
            step(net, adam, 0);
            assertThatThrownBy(() -> sgd.restore(adam.stateTensors(), adam.stateScalars()))
                    .hasMessageContaining("belongs to another optimiser");
            assertThatThrownBy(() -> adam.restore(Map.of("exp_avg/a", Tensor.zeros(5)), adam.stateScalars()))
                    .hasMessageContaining("expected");
            assertThatThrownBy(() -> adam.restore(Map.of("exp_avg/a", Tensor.zeros(4)), adam.stateScalars()))
                    .hasMessageContaining("shape [4]");
            assertThatThrownBy(() -> adam.restore(Map.of(), Map.of())).hasMessageContaining("same parameter groups");
            assertThatThrownBy(() -> Sgd.of(-1)).hasMessageContaining("lr must be 0 or more; got -1");
            assertThat(adam.stateTensors()).hasSize(6);
        }
    }

    @Test
    void averaged_weights_follow_the_formula_swap_and_resume() {
        try (var scope = Scope.open();
                var net = new Vectors("a", new float[] {0});
                var ema = new Ema(net, 0.9, true);
                var resumed = new Ema(net, 0.9, true)) {
            double expected = 0;
            for (int t = 1; t <= 5; t++) {
                net.get("a").detach().fillInPlace(t);
                ema.update();
                double keep = Math.min(0.9, (1.0 + t) / (10 + t));
                expected = keep * expected + (1 - keep) * t;
            }
            try (var swap = ema.swapIn()) {
                assertThat(net.get("a").item()).isCloseTo(expected, within(1e-5));
                assertThatThrownBy(ema::update).isInstanceOf(IllegalStateException.class);
            }
            assertThat(net.get("a").item()).isEqualTo(5);
            resumed.restore(ema.stateTensors(), ema.updates());
            ema.update();
            resumed.update();
            assertThat(resumed.stateTensors().get("a").item())
                    .isEqualTo(ema.stateTensors().get("a").item());
            assertThatThrownBy(() -> ema.restore(new LinkedHashMap<>(), 1)).hasMessageContaining("another network");
        }
    }

    @Test
    void native_memory_is_flat_over_two_thousand_steps() {
        // Tensors this small gain nothing from threads, and on a busy machine threads wait for each other.
        int threads = Threads.get();
        Threads.set(1);
        try (var net = new Vectors("a", new float[30_000], "b", new float[1000]);
                var optimizer = AdamW.of(0.01).build(net);
                var ema = new Ema(net, 0.99, true)) {
            long before = 0;
            float[] a = Fill.values("x", 1, 30_000);
            for (int i = 0; i < 2000; i++) {
                if (i == 300) {
                    System.gc();
                    before = Pointer.physicalBytes();
                }
                net.pull("a", a);
                net.pull("b", new float[1000]);
                GradientClip.byNorm(net.parameters().values(), 1);
                optimizer.step();
                ema.update();
                optimizer.zeroGrad();
            }
            System.gc();
            // One lost gradient a step would be 200 MB; the heap's own movement is allowed for.
            assertThat(Pointer.physicalBytes() - before).isLessThan(100L << 20);
        } finally {
            Threads.set(threads);
        }
    }
}
