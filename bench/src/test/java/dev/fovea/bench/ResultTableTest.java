package dev.fovea.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultTableTest {
    private static Outcome.Measured measured(String name, double... seconds) {
        return new Outcome.Measured(
                name,
                "a " + name,
                new Samples(java.util.Arrays.stream(seconds).boxed().toList(), 16));
    }

    @Test
    void quantiles_lie_between_neighbours_by_proportion() {
        var samples = new Samples(List.of(4.0, 1.0, 2.0, 3.0), 16);

        assertThat(samples.median()).isEqualTo(2.5);
        assertThat(samples.quantile(0)).isEqualTo(1);
        assertThat(samples.quantile(1)).isEqualTo(4);
        assertThat(samples.quantile(0.25)).isCloseTo(1.75, within(1e-12));
        assertThat(samples.spread()).isCloseTo((3.25 - 1.75) / 2 / 2.5, within(1e-12));
    }

    @Test
    void single_outlier_does_not_move_the_median() {
        assertThat(new Samples(List.of(1.0, 1.0, 100.0), 16).median()).isEqualTo(1);
    }

    @Test
    void ratio_is_above_one_where_the_first_contender_is_faster() {
        var text = new ResultTable(
                        "step",
                        List.of(
                                measured("fovea", 1),
                                measured("peer", 2.5),
                                new Outcome.Skipped("gone", "not installed")))
                .toString();

        assertThat(text.lines().toList())
                .containsExactly(
                        "step",
                        "",
                        "| contender | median ms | fastest ms | spread | pictures/s | ratio | what it is             |",
                        "|-----------|----------:|-----------:|-------:|-----------:|------:|------------------------|",
                        "| fovea     |    1000.0 |     1000.0 | ±0.0 % |       16.0 |     1 | a fovea                |",
                        "| peer      |    2500.0 |     2500.0 | ±0.0 % |        6.4 |  2.50 | a peer                 |",
                        "| gone      |           |            |        |            |       | skipped: not installed |");
    }

    @Test
    void cores_shared_by_decoding_and_steps_bound_training_from_files() {
        var bound = Bound.of(List.of(measured("from files", 1.25), measured("step", 1), measured("loading", 0.25)))
                .orElseThrow();

        assertThat(bound.sharedCores()).isCloseTo(16 / 1.25, within(1e-9));
        assertThat(bound.toString()).contains("from files 0.80 of the fixed batch", "of which 1.00 is reached");
        assertThat(Bound.of(List.of(measured("from files", 1), new Outcome.Skipped("step", "why"))))
                .isEqualTo(Optional.empty());
    }
}
