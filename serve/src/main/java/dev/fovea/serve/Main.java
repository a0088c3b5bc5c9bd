package dev.fovea.serve;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Serves models without the {@code fovea} command and what it stands on: for containers, where this module and {@code runtime} are enough.
 *
 * <p>The arguments are models as {@link ModelSource#parse} reads them. {@code FOVEA_HOST} (0.0.0.0), {@code FOVEA_PORT} (8080) and {@code
 * FOVEA_TOKEN_FILE} (none) come from the environment. SIGTERM ends it after the requests in work, with exit code 0.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        try {
            var server = start(List.of(args), System.getenv(), System.out::println);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server), "fovea-end"));
            System.out.println("serving at " + server.address());
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("fovea: " + e.getMessage());
            System.exit(e instanceof IOException ? 1 : 2);
        }
        Thread.currentThread().join();
    }

    /** Being told to end is how a server ends, no failure, which Java would report. */
    private static void end(Server server) {
        server.close();
        Runtime.getRuntime().halt(0);
    }

    /**
     * Starts a server as the environment wants it.
     *
     * @throws IOException if a model cannot be loaded, the port is taken or the token cannot be read
     * @throws IllegalArgumentException if there is no model, or a setting is wrong
     */
    static Server start(List<String> models, Map<String, String> environment, Consumer<String> log) throws IOException {
        var options = ServeOptions.DEFAULT.on(
                environment.getOrDefault("FOVEA_HOST", "0.0.0.0"),
                port(environment.getOrDefault("FOVEA_PORT", "8080")));
        String tokenFile = environment.get("FOVEA_TOKEN_FILE");
        if (tokenFile != null) {
            options = options.withToken(Files.readString(Path.of(tokenFile))
                    .lines()
                    .findFirst()
                    .orElse("")
                    .strip());
        }
        return Server.start(models.stream().map(ModelSource::parse).toList(), options, log);
    }

    private static int port(String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("FOVEA_PORT must be a number, got '" + text + "'", e);
        }
    }
}
