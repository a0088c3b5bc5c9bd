package dev.fovea.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

class FolderBoundTest {
    @Test
    void the_slower_part_and_shared_cores_bound_the_whole() {
        var bound = FolderBound.of(List.of(at(36), at(360), at(40), at(1))).orElseThrow();
        assertThat(bound.share()).isCloseTo(0.9, within(1e-9));
        assertThat(bound.mostPossible()).isCloseTo(0.9, within(1e-9));
        assertThat(bound.toString())
                .contains("0.90 of the slower")
                .contains("360/s")
                .contains("40/s");
    }

    @Test
    void without_all_three_there_is_no_bound() {
        var skipped = new Outcome.Skipped("decoding alone", "not asked for");
        assertThat(FolderBound.of(List.of(at(36), skipped, at(40)))).isEmpty();
        assertThat(FolderBound.of(List.of(at(36)))).isEmpty();
    }

    private static Outcome at(double picturesPerSecond) {
        return new Outcome.Measured("x", "what", new Samples(List.of(1.0), picturesPerSecond));
    }
}
