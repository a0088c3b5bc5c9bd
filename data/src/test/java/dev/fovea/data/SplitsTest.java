package dev.fovea.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.UniqueElements;

class SplitsTest {
    /** Samples that are nothing but a name; the class is its first character. */
    private record Names(List<String> names) implements Dataset {
        @Override
        public int size() {
            return names.size();
        }

        @Override
        public List<String> classes() {
            return IntStream.range(0, 10).mapToObj(Integer::toString).toList();
        }

        @Override
        public Annotation annotation(int index) {
            String first = names.get(index).substring(0, 1);
            return Annotation.ofLabels(List.of(new Label(Integer.parseInt(first), first)));
        }

        @Override
        public String source(int index) {
            return names.get(index);
        }

        @Override
        public Image image(int index, Optional<Size> atLeast) {
            return Image.filled(1, 1, 0);
        }
    }

    private static Map<String, String> parts(Set<Integer> numbers, Fractions fractions) {
        var names = new Names(numbers.stream().map(n -> n % 3 + "/" + n).toList());
        var split = Splits.byHash(names, names::source, fractions);
        Map<String, String> part = new HashMap<>();
        for (var each : List.of(
                Map.entry("train", split.train()),
                Map.entry("validation", split.validation()),
                Map.entry("test", split.test()))) {
            for (int i = 0; i < each.getValue().size(); i++) {
                assertThat(part.put(each.getValue().source(i), each.getKey())).isNull();
            }
        }
        return part;
    }

    private static long count(Map<String, String> parts, int stratum, String part) {
        return parts.entrySet().stream()
                .filter(e ->
                        e.getKey().startsWith(stratum + "/") && e.getValue().equals(part))
                .count();
    }

    @Property(tries = 300)
    void every_sample_is_in_one_part_and_small_classes_have_something_of_each(
            @ForAll @UniqueElements List<@IntRange(max = 5000) Integer> numbers,
            @ForAll @DoubleRange(min = 0.01, max = 0.45) double validation,
            @ForAll @DoubleRange(min = 0.01, max = 0.45) double test) {
        var parts = parts(new TreeSet<>(numbers), new Fractions(validation, test));
        assertThat(parts).hasSameSizeAs(numbers);
        for (int stratum = 0; stratum < 3; stratum++) {
            int s = stratum;
            long n = numbers.stream().filter(x -> x % 3 == s).count();
            assertThat(count(parts, s, "train")).isGreaterThanOrEqualTo(Math.min(n, 1));
            assertThat(count(parts, s, "validation")).isGreaterThanOrEqualTo(n >= 2 ? 1 : 0);
            assertThat(count(parts, s, "test")).isGreaterThanOrEqualTo(n >= 3 ? 1 : 0);
        }
    }

    @Property(tries = 300)
    void an_added_sample_moves_no_other_unless_a_class_had_to_lend_one(
            @ForAll @UniqueElements List<@IntRange(max = 5000) Integer> numbers,
            @ForAll @IntRange(min = 5001, max = 9999) int added) {
        var fractions = Fractions.validation(0.3);
        var before = parts(new TreeSet<>(numbers), fractions);
        var all = new TreeSet<>(numbers);
        all.add(added);
        var after = parts(all, fractions);
        var moved = before.keySet().stream()
                .filter(name -> !before.get(name).equals(after.get(name)))
                .toList();
        assertThat(moved).hasSizeLessThanOrEqualTo(1);
        for (String name : moved) { // it was lent and comes back, or it was the only one of its class and is lent now
            if (before.keySet().stream()
                            .filter(n -> n.startsWith(name.substring(0, 1)))
                            .count()
                    == 1) {
                continue;
            }
            assertThat(after.get(name)).isEqualTo(Splits.place(name) < 0.3 ? "validation" : "train");
        }
    }

    @Example
    void fractions_hold_on_average_and_places_follow_the_name_alone() {
        var numbers = new TreeSet<>(IntStream.range(0, 30_000).boxed().toList());
        var parts = parts(numbers, new Fractions(0.2, 0.1));
        assertThat(count(parts, 0, "validation") / 10_000.0).isCloseTo(0.2, within(0.015));
        assertThat(count(parts, 1, "test") / 10_000.0).isCloseTo(0.1, within(0.012));
        assertThat(Splits.place("caf\u00e9/1.png")).isEqualTo(Splits.place("cafe\u0301/1.png"));
        // pinned: a change here would move pictures between the parts of everybody's data
        assertThat(Splits.place("cat/1.png")).isEqualTo(0.0883855335378444);
    }

    @Example
    void fractions_that_leave_nothing_to_train_with_are_refused() {
        assertThatThrownBy(() -> new Fractions(0.6, 0.4)).hasMessageContaining("below 1 together");
        assertThatThrownBy(() -> new Fractions(-0.1, 0)).hasMessageContaining("validation -0.1");
    }
}
