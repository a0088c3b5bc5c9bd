package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Resident memory stays where warm-up left it; {@code -Dfovea.soak=3000} does it for longer. */
class MemoryTest {
    private static final int SHORT = 240;

    @TempDir
    Path temp;

    @Test
    void resident_memory_is_flat_in_trainings_and_in_predicting() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/self/status")), "/proc/self/status is not here");
        int steps = Integer.getInteger("fovea.soak", SHORT);
        // A leak of one activation a step would show; a few hundred steps cannot tell 2 % from the allocator's noise.
        double limit = steps >= 3000 ? 2 : 6;
        var log = temp.resolve("log");
        var child = ChildJvm.start(MemorySoak.class, log, temp, steps, steps);
        assertThat(child.waitFor(60, TimeUnit.MINUTES)).isTrue();
        String text = Files.readString(log);
        assertThat(child.exitValue()).as(text).isZero();
        System.out.print(text);
        var growth = Pattern.compile("growth (-?[\\d.]+) %").matcher(text);
        assertThat(growth.results().map(m -> Double.parseDouble(m.group(1))).toList())
                .as(text)
                .hasSize(3)
                .allMatch(g -> g < limit);
    }
}
