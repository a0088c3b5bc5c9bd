package dev.fovea.nn.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
    private static JsonNode golden(String name) throws IOException {
        try (var in = ScheduleTest.class.getResourceAsStream("/golden/optimizers.json")) {
            return new ObjectMapper().readTree(in).path("cases").path(name);
        }
    }

    // The one-cycle references run over 26 steps, of which 25 are listed.
    static Stream<Arguments> references() {
        return Stream.of(
                Arguments.of("lr_step_10_0.5", 0.5, Schedule.step(10, 0.5)),
                Arguments.of("lr_multistep_5_12_0.1", 0.5, Schedule.multiStep(List.of(12L, 5L), 0.1)),
                Arguments.of("lr_exponential_0.9", 0.5, Schedule.exponential(0.9)),
                Arguments.of("lr_cosine_T20_min0.01", 0.5, Schedule.cosine(20, 0.01)),
                Arguments.of("lr_cosine_restarts_T5_mult2", 0.5, Schedule.cosineRestarts(5, 2, 0)),
                Arguments.of("lr_linear_0.1_to_1_in_8", 0.5, Schedule.constant().afterWarmUp(8, 0.1)),
                Arguments.of("lr_constant_0.25_for_6", 0.5, Schedule.constant(0.25, 6)),
                Arguments.of("lr_polynomial_20_p2", 0.5, Schedule.polynomial(20, 2)),
                Arguments.of("lr_onecycle_max1_total25", 1.0, Schedule.oneCycle(26)),
                Arguments.of(
                        "lr_onecycle_linear_3phase",
                        1.0,
                        Schedule.oneCycle(26).linear().inThreePhases()),
                Arguments.of("lr_cyclic_0.1_1_up4", 1.0, Schedule.cyclic(0.1, 4, 4, false)),
                Arguments.of("lr_cyclic_triangular2", 1.0, Schedule.cyclic(0.1, 3, 3, true)),
                Arguments.of(
                        "lr_warmup5_then_cosine20", 0.5, Schedule.cosine(20).afterWarmUp(5, 0.01)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("references")
    void equals_the_reference_at_every_step(String name, double baseLr, Schedule schedule) throws IOException {
        var expected = golden(name).path("lr");
        assertThat(expected).hasSize(25);
        for (int step = 0; step < 25; step++) {
            double lr = expected.get(step).asDouble();
            assertThat(schedule.lr(baseLr, step)).as("step %d", step).isCloseTo(lr, within(1e-9 * lr + 1e-15));
        }
    }

    private static final ReduceOnPlateau.Options OPTIONS = new ReduceOnPlateau.Options(false, 0.2, 2, 1e-2, 1, 1e-3);

    @Test
    void plateau_equals_the_reference_also_when_restored_at_every_step() throws IOException {
        var golden = golden("lr_plateau");
        var schedule = new ReduceOnPlateau(OPTIONS);
        for (int i = 0; i < golden.path("metric").size(); i++) {
            schedule.observe(golden.path("metric").get(i).asDouble());
            assertThat(schedule.lr(0.5, i)).isCloseTo(golden.path("lr").get(i).asDouble(), within(1e-12));
            var restored = new ReduceOnPlateau(OPTIONS);
            restored.restore(schedule.state());
            schedule = restored;
        }
    }

    @Test
    void plateau_of_a_rising_value_counts_nan_as_no_gain() {
        var schedule = new ReduceOnPlateau(new ReduceOnPlateau.Options(true, 0.5, 1, 0, 0, 0.3));
        for (double v : new double[] {0.5, 0.6, Double.NaN, 0.6}) {
            schedule.observe(v);
        }
        assertThat(schedule.lr(1, 0)).isEqualTo(0.5);
        schedule.observe(0.1);
        schedule.observe(0.1);
        assertThat(schedule.lr(1, 0)).isEqualTo(0.3);
        assertThat(schedule.lr(0.1, 0)).as("never raised to the minimum").isEqualTo(0.1);
    }

    @Test
    void wrong_numbers_are_refused() {
        assertThatThrownBy(() -> Schedule.step(0, 0.1)).hasMessageContaining("every must be at least 1; got 0");
        assertThatThrownBy(() -> Schedule.oneCycle(0)).hasMessageContaining("steps=0");
        assertThatThrownBy(() -> Schedule.constant().afterWarmUp(-1)).hasMessageContaining("steps=-1");
        assertThatThrownBy(() -> new ReduceOnPlateau(OPTIONS).restore(Map.of()))
                .hasMessageContaining("expected the state of reduce-on-plateau");
    }

    @Test
    void warm_up_of_no_steps_changes_nothing() {
        assertThat(Schedule.cosine(10).afterWarmUp(0).lr(2, 3))
                .isEqualTo(Schedule.cosine(10).lr(2, 3));
    }

    @Test
    void one_cycle_gives_a_rate_at_every_step_however_short_the_run() {
        for (int steps = 1; steps < 12; steps++) {
            for (double rise : new double[] {1.0 / 12, 0.3, 0.5, 1.0 / Math.max(2, steps)}) {
                for (int step = 0; step < steps; step++) {
                    double lr = Schedule.oneCycle(steps).rise(rise).lr(1, step);
                    assertTrue(lr > 0 && lr <= 1, steps + " steps, rise " + rise + ", step " + step + ": " + lr);
                }
            }
        }
    }
}
