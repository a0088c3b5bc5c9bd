package dev.fovea.data.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class OrderTest {
    @Property(tries = 200)
    void sequential_and_shuffled_visit_each_sample_once(
            @ForAll @IntRange(min = 1, max = 300) int size,
            @ForAll long seed,
            @ForAll @IntRange(max = 1000) int epoch) {
        for (Order order : new Order[] {Order.sequential(), Order.shuffled()}) {
            int[] indices = order.indices(size, seed, epoch);
            assertThat(indices).isEqualTo(order.indices(size, seed, epoch));
            Arrays.sort(indices);
            assertThat(indices).isEqualTo(IntStream.range(0, size).toArray());
        }
    }

    @Example
    void a_repeated_order_visits_each_sample_as_often_as_said_in_an_order_of_its_own_each_epoch() {
        var order = Order.repeated(new int[] {2, 0, 1, 4});
        int[] first = order.indices(4, 1, 0);
        assertThat(first).isEqualTo(order.indices(4, 1, 0)).isNotEqualTo(order.indices(4, 1, 1));
        Arrays.sort(first);
        assertThat(first).containsExactly(0, 0, 2, 3, 3, 3, 3);
        assertThatThrownBy(() -> order.indices(5, 1, 0)).hasMessageContaining("4 numbers of visits, but the dataset 5");
        assertThatThrownBy(() -> Order.repeated(new int[] {1, -1})).hasMessageContaining("-1 times");
        assertThatThrownBy(() -> Order.repeated(new int[] {0})).hasMessageContaining("got 0");
    }

    @Example
    void shuffles_of_neighbouring_epochs_and_seeds_are_unrelated() {
        int[] a = Order.shuffled().indices(1000, 1, 0);
        for (int[] b : new int[][] {
            Order.shuffled().indices(1000, 1, 1),
            Order.shuffled().indices(1000, 2, 0),
            Order.sequential().indices(1000, 1, 0)
        }) {
            long same = IntStream.range(0, 1000).filter(i -> a[i] == b[i]).count();
            assertThat(same).isLessThan(10); // one is expected by chance
        }
    }

    @Example
    void weights_decide_how_often_a_sample_comes() {
        double[] weights = {0, 1, 0, 3, 0};
        int[] counts = new int[5];
        for (int epoch = 0; epoch < 4000; epoch++) {
            for (int i : Order.weighted(weights).indices(5, 9, epoch)) {
                counts[i]++;
            }
        }
        assertThat(counts[0] + counts[2] + counts[4]).isZero();
        assertThat(counts[3] / 20000.0).isCloseTo(0.75, within(0.015));
    }

    @Example
    void balanced_order_makes_classes_equally_frequent() {
        var numbers = new Numbered(1001, Set.of());
        int[] indices = Order.balanced(numbers).indices(1001, 1, 1);
        double odd = Arrays.stream(indices).filter(i -> i % 2 == 1).count() / 1001.0;
        assertThat(odd).isCloseTo(0.5, within(0.06));
    }

    @Example
    void useless_weights_are_refused() {
        assertThatThrownBy(() -> Order.weighted(new double[] {1, -2})).hasMessageContaining("-2.0 at index 1");
        assertThatThrownBy(() -> Order.weighted(new double[] {0, 0})).hasMessageContaining("positive");
        assertThatThrownBy(() -> Order.weighted(new double[] {1, Double.NaN})).hasMessageContaining("NaN");
        assertThatThrownBy(() -> Order.weighted(new double[] {1, 2}).indices(3, 0, 0))
                .hasMessageContaining("3 samples");
    }
}
