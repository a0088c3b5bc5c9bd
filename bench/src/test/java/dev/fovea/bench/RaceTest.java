package dev.fovea.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RaceTest {
    private static final Race RACE = new Race(3, 2, 4);

    @Test
    void each_contender_takes_its_turns_and_warming_up_does_not_count() throws IOException {
        var outcomes = RACE.run(
                List.of(
                        FakeContender.of("fast", "9", "0.5", "0.25", "0.75"),
                        FakeContender.of("slow", "9", "1", "2", "1")),
                text -> {});

        var fast = (Outcome.Measured) outcomes.get(0);
        var slow = (Outcome.Measured) outcomes.get(1);
        assertThat(fast.description()).isEqualTo("fake of 9");
        assertThat(fast.samples().seconds()).containsExactly(0.25, 0.5, 0.75);
        assertThat(fast.samples().picturesPerSecond()).isEqualTo(32);
        assertThat(slow.samples().seconds()).containsExactly(1.0, 1.0, 2.0);
    }

    @Test
    void short_repetitions_are_repeated_until_the_turn_and_the_warming_up_are_long_enough() throws IOException {
        var outcomes = new Race(2, 1, 1, 9, 3).run(List.of(FakeContender.of("growing", "growing")), text -> {});

        // Warms up by 1, 1 and 2, then at 2 seconds each: 5 of them are 9 seconds or more.
        assertThat(((Outcome.Measured) outcomes.get(0)).samples().seconds()).containsExactly(5.0, 5.0);
    }

    @Test
    void contenders_that_are_absent_or_broken_are_skipped_with_their_reason() throws IOException {
        var outcomes = RACE.run(
                List.of(
                        FakeContender.of("here", "1", "1", "1", "1"),
                        FakeContender.of("absent", "absent"),
                        FakeContender.of("broken", "broken"),
                        new Contender("uninstalled", List.of("/no/such/program"))),
                text -> {});

        assertThat(outcomes.get(0)).isInstanceOf(Outcome.Measured.class);
        assertThat(outcomes.get(1)).isEqualTo(new Outcome.Skipped("absent", "there is no such library"));
        assertThat(((Outcome.Skipped) outcomes.get(2)).reason()).contains("its process ended", "cannot start");
        assertThat(((Outcome.Skipped) outcomes.get(3)).reason()).contains("/no/such/program");
    }

    @Test
    void contender_that_dies_in_the_middle_ends_the_race_with_its_last_words() {
        var contenders = List.of(FakeContender.of("unfortunate", "dying"));

        assertThatThrownBy(() -> RACE.run(contenders, text -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("unfortunate ended in the middle")
                .hasMessageContaining("out of breath");
    }

    @Test
    void order_of_turns_rotates_from_round_to_round() {
        var order = new ArrayList<String>();
        for (int round = 0; round < 3; round++) {
            Race.order(List.of("a", "b", "c"), round).forEach(order::add);
        }
        assertThat(order).containsExactly("a", "b", "c", "b", "c", "a", "c", "a", "b");
    }
}
