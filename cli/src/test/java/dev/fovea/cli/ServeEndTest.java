package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A server in a process of its own that is told to end while a request is in work. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
class ServeEndTest {
    private static final Pattern ADDRESS = Pattern.compile("serving \\[m\\] at http://127\\.0\\.0\\.1:(\\d+)");

    @TempDir
    private Path temp;

    @Test
    void on_sigterm_requests_in_work_are_answered_new_ones_refused_and_the_exit_code_is_0() throws Exception {
        var model = Files.copy(Path.of("../examples/colours.onnx"), temp.resolve("m.onnx"));
        var log = temp.resolve("log");
        var server = ChildJvm.start(Main.class, log, "serve", model, "--port", 0);
        try {
            int port = port(server, log);
            byte[] green = ImageWriter.png(Image.filled(20, 14, 10, 250, 10));
            try (var begun = new Socket(InetAddress.getLoopbackAddress(), port)) {
                begun.setSoTimeout(20_000);
                var out = begun.getOutputStream();
                out.write(("POST /v1/models/m/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: image/png\r\n"
                                + "Content-Length: " + green.length + "\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
                out.write(green, 0, green.length / 2);
                out.flush();
                awaitStatus(port, "/v2/health/ready", 200);
                server.destroy(); // SIGTERM
                awaitStatus(port, "/v2/health/ready", 503);
                assertThat(status(port, "/v1/models")).isEqualTo(200);
                assertThat(server.isAlive()).isTrue();

                out.write(green, green.length / 2, green.length - green.length / 2);
                out.flush();
                var answer = new BufferedReader(new InputStreamReader(begun.getInputStream(), StandardCharsets.UTF_8))
                        .lines()
                        .toList();
                assertThat(answer.get(0)).isEqualTo("HTTP/1.1 200 OK");
                assertThat(answer.get(answer.size() - 1)).contains("\"classes\":[{\"class\":\"green\"");
            }
            assertThat(server.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(server.exitValue()).as(Files.readString(log)).isZero();
        } finally {
            server.destroyForcibly();
        }
    }

    private static int port(Process server, Path log) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < until && server.isAlive()) {
            var match = ADDRESS.matcher(Files.readString(log));
            if (match.find()) {
                return Integer.parseInt(match.group(1));
            }
            Thread.sleep(20);
        }
        throw new AssertionError("the server does not serve: " + Files.readString(log));
    }

    private static void awaitStatus(int port, String path, int wanted) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (status(port, path) != wanted) {
            assertThat(System.nanoTime()).as("waited for " + wanted).isLessThan(until);
            Thread.sleep(20);
        }
    }

    private static int status(int port, String path) throws IOException {
        var connection = (java.net.HttpURLConnection)
                URI.create("http://127.0.0.1:" + port + path).toURL().openConnection();
        try {
            return connection.getResponseCode();
        } finally {
            connection.disconnect();
        }
    }
}
