package dev.fovea.serve;

import dev.fovea.runtime.Provider;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How a server runs.
 *
 * @param host the address to listen on; 0.0.0.0 for all
 * @param port 0 for any free one
 * @param token what callers must send as {@code Authorization: Bearer …}
 * @param tls key and certificate; without it the server speaks plain HTTP
 * @param provider what computes
 * @param threads how many threads a batch may use; 0 for a pool that all networks share
 * @param maxBatch the most pictures that run at a time
 * @param maxDelay the longest that a picture waits for others
 * @param queue the most pictures that are in work; requests with more are refused with 429
 * @param limits what requests may ask for
 * @param reload how often files are looked at for changes; zero never
 * @param drain how long the end waits for requests in work
 */
public record ServeOptions(
        String host,
        int port,
        Optional<String> token,
        Optional<Tls> tls,
        Provider provider,
        int threads,
        int maxBatch,
        Duration maxDelay,
        int queue,
        Limits limits,
        Duration reload,
        Duration drain) {
    /** This machine alone, port 8080, without token and TLS. */
    public static final ServeOptions DEFAULT = new ServeOptions(
            "127.0.0.1",
            8080,
            Optional.empty(),
            Optional.empty(),
            Provider.CPU,
            0,
            16,
            Duration.ofMillis(2),
            256,
            Limits.DEFAULT,
            Duration.ofSeconds(1),
            Duration.ofSeconds(20));

    /** Files in PEM form: a PKCS #8 key and its certificates, the server's own first. */
    public record Tls(Path key, Path certificates) {}

    /**
     * What requests may ask for.
     *
     * @param body the most bytes of a request
     * @param pixels the most pixels of a picture
     * @param images the most pictures of a request
     * @param time the longest until its answer
     * @param connections the most at a time
     * @param bytesPerSecond what a body that needs longer to arrive must keep to: it has {@code time}, and a second more for each so many bytes
     */
    public record Limits(long body, long pixels, int images, Duration time, int connections, long bytesPerSecond) {
        /** 32 MiB, 50 million pixels, 64 pictures, 30 s, 4096 connections, 50 kB a second. */
        public static final Limits DEFAULT =
                new Limits(32L << 20, 50_000_000, 64, Duration.ofSeconds(30), 4096, 50_000);

        public Limits {
            if (body < 1
                    || body > Integer.MAX_VALUE - 8
                    || pixels < 1
                    || images < 1
                    || connections < 1
                    || bytesPerSecond < 1) {
                throw new IllegalArgumentException("limits must be positive, and a body below 2 GiB; got body=" + body
                        + ", pixels=" + pixels + ", images=" + images + ", connections=" + connections);
            }
        }
    }

    public ServeOptions {
        if (port < 0 || port > 65535 || queue < 1 || maxBatch < 1) {
            throw new IllegalArgumentException("a port is 0-65535, queue and batch at least 1; got port=" + port
                    + ", queue=" + queue + ", batch=" + maxBatch);
        }
        if (token.isPresent() && token.get().isBlank()) {
            throw new IllegalArgumentException("the token is blank; give one that cannot be guessed");
        }
    }

    public ServeOptions on(String newHost, int newPort) {
        return new ServeOptions(
                newHost, newPort, token, tls, provider, threads, maxBatch, maxDelay, queue, limits, reload, drain);
    }

    public ServeOptions withToken(String newToken) {
        return new ServeOptions(
                host,
                port,
                Optional.of(newToken),
                tls,
                provider,
                threads,
                maxBatch,
                maxDelay,
                queue,
                limits,
                reload,
                drain);
    }

    public ServeOptions withTls(Tls newTls) {
        return new ServeOptions(
                host,
                port,
                token,
                Optional.of(newTls),
                provider,
                threads,
                maxBatch,
                maxDelay,
                queue,
                limits,
                reload,
                drain);
    }

    public ServeOptions withEngine(Provider newProvider, int newThreads) {
        return new ServeOptions(
                host, port, token, tls, newProvider, newThreads, maxBatch, maxDelay, queue, limits, reload, drain);
    }

    public ServeOptions withBatching(int newMaxBatch, Duration newMaxDelay, int newQueue) {
        return new ServeOptions(
                host, port, token, tls, provider, threads, newMaxBatch, newMaxDelay, newQueue, limits, reload, drain);
    }

    public ServeOptions withLimits(Limits newLimits) {
        return new ServeOptions(
                host, port, token, tls, provider, threads, maxBatch, maxDelay, queue, newLimits, reload, drain);
    }

    public ServeOptions withTimes(Duration newReload, Duration newDrain) {
        return new ServeOptions(
                host, port, token, tls, provider, threads, maxBatch, maxDelay, queue, limits, newReload, newDrain);
    }
}
