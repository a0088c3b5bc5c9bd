package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recognition goes on while the JVM ends: servers answer their last requests in shutdown hooks. */
class ShutdownTest {
    @TempDir
    private Path folder;

    @Test
    void a_shutdown_hook_can_still_recognise() throws Exception {
        var log = folder.resolve("log");
        var child = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:ErrorFile=" + folder.resolve("crash.log"),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Ending.class.getName(),
                        Path.of("../examples/colours.onnx").toAbsolutePath().toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readString(log).strip()).isEqualTo("green");
        assertThat(child.exitValue()).isZero();
    }

    /** Its end takes long enough for all other hooks to be done. */
    static final class Ending {
        private static final int MILLISECONDS = 500;

        private Ending() {}

        public static void main(String[] args) throws IOException {
            var classifier = Classifier.load(Path.of(args[0]));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                try (classifier) {
                    Thread.sleep(MILLISECONDS);
                    var seen = classifier.predict(Image.filled(20, 14, 10, 250, 10));
                    System.out.println(seen.best().label().name());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // then nothing is printed, which the test sees
                }
            }));
            System.exit(0);
        }
    }
}
