package dev.fovea.serve;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.ConnectionLimit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * Networks behind an HTTP port.
 *
 * <pre>{@code
 * var models = List.of(ModelSource.parse("birds.onnx"));
 * try (var server = Server.start(models, ServeOptions.DEFAULT, System.out::println)) {
 *     System.out.println(server.address());
 *     Thread.currentThread().join();
 * }
 * }</pre>
 */
public final class Server implements AutoCloseable {
    private static final Duration LONGEST_HEADER = Duration.ofSeconds(30);
    private static final int MOST_THREADS = 64;
    private static final int MOST_HEADER_BYTES = 8 << 10;

    private final ServeOptions options;
    private final AccessLog log;
    private final Admission admission;
    private final ServerMetrics metrics;
    private final ModelRepository models;
    private final Recognition recognition;
    private final ScheduledExecutorService clock;
    private final SlowConnections connections;
    private final Optional<SslContextFactory.Server> tls;
    private final Javalin javalin;
    private boolean closed;

    private Server(List<ModelSource> sources, ServeOptions options, Consumer<String> lines) throws IOException {
        this.options = options;
        this.tls = options.tls().isPresent()
                ? Optional.of(TlsKeys.read(options.tls().get()))
                : Optional.empty();
        this.log = new AccessLog(lines);
        this.admission = new Admission(options.queue());
        this.metrics = new ServerMetrics(admission);
        this.models = new ModelRepository(sources, options, this::loaded, message -> log.event("models", message));
        this.recognition = new Recognition(options.limits());
        this.clock = Executors.newSingleThreadScheduledExecutor(task -> {
            var thread = new Thread(task, "fovea-connections");
            thread.setDaemon(true);
            return thread;
        });
        this.connections = new SlowConnections(
                options.limits().time().compareTo(LONGEST_HEADER) < 0
                        ? options.limits().time()
                        : LONGEST_HEADER,
                clock);
        var threads = new QueuedThreadPool(MOST_THREADS, 8, 60_000);
        threads.setName("fovea-http");
        this.javalin = Javalin.create(config -> configure(config, threads));
        new Routes(options, models, admission, recognition, metrics, connections, log, threads).register(javalin);
    }

    /**
     * Loads the models and listens.
     *
     * @param log takes a line of JSON for each request and event, from many threads
     * @throws IOException if a model cannot be loaded, key and certificates cannot be used, or the port is taken
     */
    public static Server start(List<ModelSource> models, ServeOptions options, Consumer<String> log)
            throws IOException {
        if (models.isEmpty()) {
            throw new IllegalArgumentException("no model to serve");
        }
        var server = new Server(models, options, log);
        try {
            server.javalin.start();
        } catch (RuntimeException e) {
            server.close();
            throw new IOException(
                    "cannot listen on " + options.host() + ":" + options.port() + ": "
                            + (e.getCause() == null ? e : e.getCause()).getMessage() + "; choose another --port",
                    e);
        }
        return server;
    }

    private void loaded(LoadedModel model) {
        metrics.loaded(model.name());
        model.network().observe((pictures, time) -> {
            metrics.batch(model.name(), pictures, time);
            admission.ran(pictures, time);
        });
    }

    private void configure(JavalinConfig config, QueuedThreadPool threads) {
        config.showJavalinBanner = false;
        config.startupWatcherEnabled = false;
        config.http.asyncTimeout = options.limits().time().toMillis() + 10_000;
        config.http.maxRequestSize = options.limits().body();
        config.jetty.threadPool = threads;
        config.jetty.modifyServer(server -> {
            server.setRequestLog(log);
            server.setErrorHandler(new PlainErrors());
            server.setStopAtShutdown(false);
            server.addBean(new ConnectionLimit(options.limits().connections(), server));
        });
        config.jetty.addConnector((server, defaults) -> connector(server));
    }

    private ServerConnector connector(org.eclipse.jetty.server.Server server) {
        var http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setRequestHeaderSize(MOST_HEADER_BYTES);
        // A request is refused by its header alone; waiting for its body costs no thread anyhow.
        http.setDelayDispatchUntilContent(false);
        ServerConnector connector;
        if (tls.isPresent()) {
            http.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(server, tls.get(), new HttpConnectionFactory(http));
        } else {
            connector = new ServerConnector(server, new HttpConnectionFactory(http));
        }
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(LONGEST_HEADER.toMillis());
        connector.setAcceptQueueSize(1024);
        connector.addBean(connections);
        return connector;
    }

    /** Where it listens; all addresses of the machine are shown as this one. */
    public URI address() {
        String host = options.host().equals("0.0.0.0") ? "127.0.0.1" : options.host();
        return URI.create((options.tls().isPresent() ? "https://" : "http://")
                + (host.contains(":") ? "[" + host + "]" : host) + ":" + javalin.port());
    }

    /** Takes no more requests, answers those in work, and frees the models. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            if (!admission.drain(options.drain())) {
                log.event(
                        "end",
                        "requests in work were cut off after " + options.drain().toSeconds() + " s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // ends at once
        }
        javalin.stop();
        clock.shutdownNow();
        recognition.close();
        models.close();
        metrics.close();
    }

    /** Answers to what is no proper HTTP, which no route sees. */
    private static final class PlainErrors extends ErrorHandler {
        @Override
        public ByteBuffer badMessageError(int status, String reason, HttpFields.Mutable fields) {
            fields.put("Content-Type", Problem.CONTENT_TYPE);
            var problem = Problem.of(
                    status,
                    "The request is no proper HTTP",
                    reason == null ? "it cannot be read" : Problem.shown(reason));
            return ByteBuffer.wrap(Answers.bytes(problem.members()));
        }
    }
}
