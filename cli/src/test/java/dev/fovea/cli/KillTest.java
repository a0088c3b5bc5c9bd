package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run that is killed in the middle of an epoch and resumed ends with the weights of an unbroken one, byte for byte. */
class KillTest {
    @TempDir
    Path temp;

    private Object[] call(Path run) {
        return new Object[] {
            "train",
            "classify",
            "--data",
            "scenes:16:1000",
            "--model",
            "resnet20_cifar",
            "--batch",
            4,
            "--epochs",
            2,
            "--ema",
            0.95,
            "--mixup",
            0.2,
            "--checkpoint-seconds",
            1,
            "--threads",
            1,
            "--workers",
            2,
            "--seed",
            3,
            "--out",
            run
        };
    }

    @Test
    void killed_in_the_middle_of_an_epoch_and_resumed_gives_identical_weights() throws Exception {
        var unbroken = temp.resolve("unbroken");
        var child = ChildJvm.start(Main.class, temp.resolve("unbroken.log"), call(unbroken));
        assertThat(child.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(child.exitValue())
                .as(Files.readString(temp.resolve("unbroken.log")))
                .isZero();

        var killed = temp.resolve("killed");
        var victim = ChildJvm.start(Main.class, temp.resolve("killed.log"), call(killed));
        var checkpoint = killed.resolve("last/checkpoint.safetensors");
        while (!Files.exists(checkpoint) && victim.isAlive()) {
            Thread.sleep(20);
        }
        victim.destroyForcibly(); // SIGKILL
        assertThat(victim.waitFor())
                .as(Files.readString(temp.resolve("killed.log")))
                .isEqualTo(128 + 9);
        assertThat(epochsDone(killed)).as("epochs done when killed").isZero();
        assertThat(killed.resolve("weights.safetensors")).doesNotExist();

        var resumed = ChildJvm.start(Main.class, temp.resolve("resumed.log"), "train", "classify", "--resume", killed);
        assertThat(resumed.waitFor(10, TimeUnit.MINUTES)).isTrue();
        assertThat(resumed.exitValue())
                .as(Files.readString(temp.resolve("resumed.log")))
                .isZero();
        assertThat(killed.resolve("weights.safetensors"))
                .hasSameBinaryContentAs(unbroken.resolve("weights.safetensors"));
        assertThat(epochsDone(killed)).isEqualTo(2);
    }

    private static long epochsDone(Path run) throws IOException {
        if (!Files.exists(run.resolve("metrics.jsonl"))) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(run.resolve("metrics.jsonl"))) {
            return lines.count();
        }
    }
}
