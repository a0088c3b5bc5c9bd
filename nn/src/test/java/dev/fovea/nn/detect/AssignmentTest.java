package dev.fovea.nn.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AssignmentTest {
    /** Cost matrices and the totals that scipy 1.10.1 finds. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "5.52 1.07 4.54 6.12; 4.01 0.48 4.01 1.05; 5.52 6.34 6.48 2.14; 2.89 5.67 0.75 2.69 | 7.970000000000001",
                "7.45 8.45 9.97 7.22 6.56 0.21; 2.37 6.27 3.99 1.87 6.02 9.43; 2.73 2.39 7.54 5.14 6.82 3.32 | 4.470000000000001",
                "6.78 0.93 7.5 3.22 8.03; 0.79 3.26 2.86 9.49 0.53; 5.67 0.29 9.23 5.49 4.36; 8.19 9.13 7.15 1.68 9.78; 6.85 3.75 2.45 4.18 8.71; 9.84 3.8 7.71 8.04 2.01; 8.86 4.35 7.38 3.38 4.14 | 7.22"
            })
    void finds_the_total_of_the_reference(String matrix, double total) {
        var rows = matrix.split(";", -1);
        var costs = new double[rows.length][];
        for (int r = 0; r < rows.length; r++) {
            costs[r] = java.util.stream.Stream.of(rows[r].trim().split(" ", -1))
                    .mapToDouble(Double::parseDouble)
                    .toArray();
        }
        assertThat(total(costs, Assignment.cheapest(costs))).isCloseTo(total, within(1e-9));
    }

    @Property(tries = 300)
    void no_permutation_is_cheaper(
            @ForAll @IntRange(min = 1, max = 6) int rows,
            @ForAll @IntRange(min = 1, max = 6) int columns,
            @ForAll @IntRange(min = 1, max = 20) int values,
            @ForAll long seed) {
        var random = new Random(seed);
        var costs = new double[rows][columns];
        for (var row : costs) {
            for (int c = 0; c < columns; c++) {
                row[c] = random.nextInt(values) - values / 2.0; // few values, so many are equal
            }
        }
        var found = Assignment.cheapest(costs);
        assertThat(java.util.Arrays.stream(found).filter(c -> c >= 0).distinct().count())
                .isEqualTo(Math.min(rows, columns));
        assertThat(total(costs, found))
                .isCloseTo(best(costs, 0, new boolean[columns], Math.max(0, rows - columns)), within(1e-9));
    }

    /** The least total of the rows from {@code row} on, of which {@code without} stay unassigned. */
    private static double best(double[][] costs, int row, boolean[] taken, int without) {
        if (row == costs.length) {
            return 0;
        }
        double least = without > 0 ? best(costs, row + 1, taken, without - 1) : Double.POSITIVE_INFINITY;
        for (int c = 0; c < taken.length; c++) {
            if (!taken[c]) {
                taken[c] = true;
                least = Math.min(least, costs[row][c] + best(costs, row + 1, taken, without));
                taken[c] = false;
            }
        }
        return least;
    }

    private static double total(double[][] costs, int[] columns) {
        double sum = 0;
        for (int r = 0; r < costs.length; r++) {
            sum += columns[r] < 0 ? 0 : costs[r][columns[r]];
        }
        return sum;
    }

    @Test
    void takes_nothing_and_refuses_what_is_not_finite() {
        assertThat(Assignment.cheapest(new double[0][])).isEmpty();
        assertThat(Assignment.cheapest(new double[2][0])).containsExactly(-1, -1);
        assertThatThrownBy(() -> Assignment.cheapest(new double[][] {{1, Double.NaN}}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("row 0, column 1");
    }
}
