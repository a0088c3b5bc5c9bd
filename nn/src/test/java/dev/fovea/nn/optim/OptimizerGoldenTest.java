package dev.fovea.nn.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.tensor.Scope;
import java.io.IOException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Eight steps of each optimiser against those of the reference implementation. */
class OptimizerGoldenTest {
    static JsonNode golden(String name) throws IOException {
        try (var in = OptimizerGoldenTest.class.getResourceAsStream("/golden/optimizers.json")) {
            return new ObjectMapper().readTree(in).path("cases").path(name);
        }
    }

    static Stream<Arguments> references() {
        return Stream.of(
                Arguments.of("sgd", Sgd.of(0.1)),
                Arguments.of("sgd_momentum", Sgd.of(0.1).momentum(0.9)),
                Arguments.of(
                        "sgd_nesterov_wd", Sgd.of(0.05).momentum(0.9).nesterov().weightDecay(0.01)),
                Arguments.of("sgd_dampening", Sgd.of(0.1).momentum(0.8).dampening(0.3)),
                Arguments.of("adam", Adam.of(0.01)),
                Arguments.of("adam_wd", Adam.of(0.01).weightDecay(0.1)),
                Arguments.of("adam_amsgrad", Adam.of(0.02).amsgrad()),
                Arguments.of("adamw", AdamW.of(0.01).weightDecay(0.1)),
                Arguments.of("adamw_betas", AdamW.of(0.01).betas(0.8, 0.95).eps(1e-6)),
                Arguments.of("rmsprop", RmsProp.of(0.01)),
                Arguments.of(
                        "rmsprop_centered_momentum",
                        RmsProp.of(0.01).alpha(0.9).centered().momentum(0.9).eps(0.0316)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("references")
    void equals_the_reference_after_every_step(String name, OptimizerSpec spec) throws IOException {
        var steps = golden(name).path("after_step");
        assertThat(steps).hasSize(8);
        try (var scope = Scope.open();
                var net = new Vectors("opt.param", Fill.values("opt.param", 1, 5));
                var optimizer = spec.build(net)) {
            for (int t = 0; t < 8; t++) {
                net.pull("opt.param", Fill.values("opt.grad." + t, t % 2 == 0 ? 1 : 0.5, 5));
                optimizer.step();
                optimizer.zeroGrad();
                float[] actual = net.get("opt.param").toFloatArray();
                for (int i = 0; i < 5; i++) {
                    double expected = steps.get(t).get(i).asDouble();
                    assertThat((double) actual[i]).as("step %d, value %d", t, i).isCloseTo(expected, within(1e-5));
                }
            }
        }
    }

    @Test
    void clipping_by_norm_equals_the_reference() throws IOException {
        var golden = golden("clip_grad_norm");
        try (var scope = Scope.open();
                var net = new Vectors("a", new float[3], "b", new float[4])) {
            net.pull("a", Fill.values("clip.a", 3, 3));
            net.pull("b", Fill.values("clip.b", 3, 4));
            double norm = GradientClip.byNorm(net.parameters().values(), 1.5);
            assertThat(norm).isCloseTo(golden.path("total_norm").asDouble(), within(1e-5));
            for (String key : new String[] {"a", "b"}) {
                float[] clipped = net.get(key).grad().orElseThrow().toFloatArray();
                for (int i = 0; i < clipped.length; i++) {
                    assertThat((double) clipped[i])
                            .isCloseTo(golden.path(key).get(i).asDouble(), within(1e-6));
                }
            }
            assertThat(GradientClip.byNorm(net.parameters().values(), 100))
                    .as("already small enough: unchanged")
                    .isCloseTo(1.5, within(1e-5));
        }
    }

    @Test
    void clipping_by_value_cuts_both_sides() {
        try (var scope = Scope.open();
                var net = new Vectors("a", new float[3])) {
            net.pull("a", new float[] {-3, 0.5f, 7});
            GradientClip.byValue(net.parameters().values(), 2);
            assertThat(net.get("a").grad().orElseThrow().toFloatArray()).containsExactly(-2, 0.5f, 2);
        }
    }

    @Test
    void a_gradient_that_is_not_a_number_shows_in_the_norm() {
        try (var scope = Scope.open();
                var net = new Vectors("a", new float[2])) {
            assertThat(GradientClip.byNorm(net.parameters().values(), 1))
                    .as("no gradient")
                    .isZero();
            net.pull("a", new float[] {Float.NaN, 1});
            assertThat(GradientClip.byNorm(net.parameters().values(), 1)).isNaN();
        }
    }
}
