package dev.fovea.bench.load;

import dev.fovea.serve.Main;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A server of one model on this machine, its access log written and thrown away. */
public final class ServerProcess implements AutoCloseable {
    private static final long LONGEST_START_SECONDS = 60;

    private final Process process;
    private final URI address;
    private final HttpClient client = HttpClient.newHttpClient();

    private ServerProcess(Process process, URI address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it with a heap of fixed size, so that its memory tells what it holds and not how far the heap has grown; waits until it is ready.
     *
     * @throws IOException if it does not become ready
     */
    public static ServerProcess start(Path model, String heap) throws IOException {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms" + heap,
                "-Xmx" + heap,
                "-XX:+AlwaysPreTouch",
                "-XX:+UseParallelGC",
                "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "model=" + model));
        var builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("FOVEA_PORT", String.valueOf(port));
        builder.environment().put("FOVEA_HOST", "127.0.0.1");
        var server = new ServerProcess(builder.start(), URI.create("http://127.0.0.1:" + port));
        server.awaitReady();
        return server;
    }

    private void awaitReady() throws IOException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS);
        while (System.nanoTime() < until && process.isAlive()) {
            if (isReady()) {
                return;
            }
            pause();
        }
        close();
        throw new IOException("the server did not become ready");
    }

    private boolean isReady() throws IOException {
        try {
            return get("/v2/health/ready").statusCode() == 200;
        } catch (ConnectException e) {
            return false; // it does not listen yet
        }
    }

    private HttpResponse<String> get(String path) throws IOException {
        try {
            var request = HttpRequest.newBuilder(address.resolve(path)).build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    private static void pause() throws IOException {
        try {
            Thread.sleep(50);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }

    /**
     * Waits until no picture is in work any more, those of callers included that are gone.
     *
     * @return how many seconds that took
     */
    public double awaitIdle() throws IOException {
        long begin = System.nanoTime();
        while (!get("/metrics").body().contains("\nfovea_pictures_in_work 0.0")) {
            if (System.nanoTime() - begin > TimeUnit.SECONDS.toNanos(LONGEST_START_SECONDS)) {
                throw new IOException("the server did not finish its work within " + LONGEST_START_SECONDS + " s");
            }
            pause();
        }
        return (System.nanoTime() - begin) / 1e9;
    }

    /** Where pictures are sent. */
    public URI predict() {
        return address.resolve("/v1/models/model/predict");
    }

    /** Memory that it holds now, in MB; only Linux tells. */
    public double residentMb() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
            }
        }
        throw new IOException("the system does not tell how much memory the server holds; it has ended, perhaps");
    }

    /** Ends it as a container would, and gives its exit code. */
    public int end() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(30, TimeUnit.SECONDS)) {
                throw new IOException("the server did not end within 30 s of SIGTERM");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
