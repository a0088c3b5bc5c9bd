package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RefusalPaceTest {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final long LONGEST = TimeUnit.MILLISECONDS.toNanos(RefusalPace.LONGEST_MILLIS);

    private final RefusalPace pace = new RefusalPace();

    @Test
    void few_refusals_are_given_at_once() {
        for (int i = 0; i < 1000; i++) {
            assertThat(pace.waitNanos(-SECOND + i * (SECOND / RefusalPace.A_SECOND)))
                    .isZero();
        }
    }

    @Test
    void many_at_once_are_spread_and_none_waits_for_long() {
        long last = -1;
        for (int i = 0; i < RefusalPace.A_SECOND; i++) {
            long wait = pace.waitNanos(0);
            assertThat(wait).isGreaterThan(last);
            last = wait;
        }
        assertThat(last).isBetween(SECOND * 9 / 10, SECOND);
        for (int i = 0; i < 10_000; i++) {
            assertThat(pace.waitNanos(0)).isLessThanOrEqualTo(LONGEST);
        }
        assertThat(pace.waitNanos(3 * SECOND)).as("after a while of quiet").isZero();
    }
}
