package dev.fovea.models.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Downloads from a server on this machine, good ones and bad ones. */
class DownloadTest {
    private static final byte[] CONTENT = new byte[300_000];

    static {
        new Random(1).nextBytes(CONTENT);
    }

    @TempDir
    Path folder;

    private final Download download = new Download(true, Duration.ofSeconds(1));
    private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;
    private ExecutorService threads;
    private Path target;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        threads = Executors.newCachedThreadPool();
        server.setExecutor(threads);
        server.start();
        target = folder.resolve("weights/net-1234.pth");
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private Download.Source source(String path) throws Exception {
        return new Download.Source(address(path), sum(CONTENT).substring(0, 8), CONTENT.length);
    }

    private URI address(String path) {
        return URI.create("http://localhost:" + server.getAddress().getPort() + path);
    }

    private static String sum(byte[] content) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
    }

    /** Sends what is asked for, but at most {@code most} bytes of it before it hangs up. */
    private HttpHandler sending(byte[] content, int most) {
        return exchange -> {
            String range = exchange.getRequestHeaders().getFirst("Range");
            ranges.add(String.valueOf(range));
            int from = range == null ? 0 : Integer.parseInt(range.replaceAll("\\D", ""));
            if (from >= content.length) {
                answer(exchange, 416);
                return;
            }
            if (range != null) {
                exchange.getResponseHeaders()
                        .add("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
            }
            exchange.sendResponseHeaders(range == null ? 200 : 206, content.length - from);
            exchange.getResponseBody().write(content, from, Math.min(most, content.length - from));
            exchange.close();
        };
    }

    private static void answer(HttpExchange exchange, int code) throws IOException {
        exchange.sendResponseHeaders(code, -1);
        exchange.close();
    }

    private Path part() {
        return target.resolveSibling(target.getFileName() + ".part");
    }

    @Test
    void a_file_comes_whole_and_is_not_fetched_twice() throws Exception {
        server.createContext("/net", sending(CONTENT, Integer.MAX_VALUE));
        var seen = new ArrayList<Long>();
        assertThat(download.fetch(source("/net"), target, (bytes, total) -> {
                    assertThat(total).isEqualTo(CONTENT.length);
                    seen.add(bytes);
                }))
                .isTrue();
        assertThat(target).hasBinaryContent(CONTENT);
        assertThat(part()).doesNotExist();
        assertThat(seen).isSorted().endsWith((long) CONTENT.length);
        assertThat(download.fetch(source("/net"), target, (bytes, total) -> {})).isFalse();
        assertThat(ranges).containsExactly("null");
    }

    @Test
    void an_earlier_part_is_gone_on_with() throws Exception {
        server.createContext("/net", sending(CONTENT, Integer.MAX_VALUE));
        Files.createDirectories(target.getParent());
        Files.write(part(), Arrays.copyOf(CONTENT, 123_456));
        download.fetch(source("/net"), target, (bytes, total) -> {});
        assertThat(target).hasBinaryContent(CONTENT);
        assertThat(ranges).containsExactly("bytes=123456-");
    }

    @Test
    void a_whole_part_only_needs_its_name() throws Exception {
        server.createContext("/net", sending(CONTENT, Integer.MAX_VALUE));
        Files.createDirectories(target.getParent());
        Files.write(part(), CONTENT);
        download.fetch(source("/net"), target, (bytes, total) -> {});
        assertThat(target).hasBinaryContent(CONTENT);
    }

    @Test
    void a_server_without_ranges_begins_anew() throws Exception {
        server.createContext("/net", exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT);
            exchange.close();
        });
        Files.createDirectories(target.getParent());
        Files.write(part(), new byte[1000]);
        download.fetch(source("/net"), target, (bytes, total) -> {});
        assertThat(target).hasBinaryContent(CONTENT);
    }

    @Test
    void a_connection_that_ends_is_taken_up_again() throws Exception {
        server.createContext("/net", sending(CONTENT, 120_000));
        download.fetch(source("/net"), target, (bytes, total) -> {});
        assertThat(target).hasBinaryContent(CONTENT);
        assertThat(ranges).hasSize(3).startsWith("null");
    }

    @Test
    void a_truncated_file_is_no_file_but_can_be_gone_on_with() throws Exception {
        server.createContext("/net", sending(CONTENT, 30_000));
        assertThatThrownBy(() -> download.fetch(source("/net"), target, (bytes, total) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("the connection ended")
                .hasMessageContaining("run it again");
        assertThat(target).doesNotExist();
        assertThat(part()).exists();
        server.removeContext("/net");
        server.createContext("/net", sending(CONTENT, Integer.MAX_VALUE));
        download.fetch(source("/net"), target, (bytes, total) -> {});
        assertThat(target).hasBinaryContent(CONTENT);
    }

    @Test
    void a_wrong_checksum_leaves_nothing() throws Exception {
        var other = CONTENT.clone();
        other[77]++;
        server.createContext("/net", sending(other, Integer.MAX_VALUE));
        assertThatThrownBy(() -> download.fetch(source("/net"), target, (bytes, total) -> {}))
                .hasMessageContaining("checksum is wrong")
                .hasMessageContaining(sum(other))
                .hasMessageContaining("begin with " + sum(CONTENT).substring(0, 8));
        assertThat(target).doesNotExist();
        assertThat(part()).doesNotExist();
    }

    @Test
    void a_damaged_file_that_is_there_already_is_named_and_left() throws Exception {
        Files.createDirectories(target.getParent());
        Files.writeString(target, "something else");
        assertThatThrownBy(() -> download.fetch(source("/net"), target, (bytes, total) -> {}))
                .hasMessageContaining(target.toString())
                .hasMessageContaining("delete it");
        assertThat(target).hasContent("something else");
    }

    @Test
    void what_is_not_there_is_said_with_a_way_out() throws Exception {
        server.createContext("/net", exchange -> answer(exchange, 404));
        assertThatThrownBy(() -> download.fetch(source("/net"), target, (bytes, total) -> {}))
                .hasMessageContaining("answered 404")
                .hasMessageContaining("put it at " + target);
        assertThat(target).doesNotExist();
    }

    @Test
    void without_a_network_the_address_and_the_place_are_named() throws Exception {
        int free;
        try (var socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        var nowhere = new Download.Source(URI.create("http://localhost:" + free + "/net-1234.pth"), "00", 10);
        assertThatThrownBy(() -> download.fetch(nowhere, target, (bytes, total) -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("cannot reach localhost (")
                .hasMessageContaining("fetch " + nowhere.address() + " by other means and put it at " + target);
    }

    @Test
    void redirections_are_followed_a_few_times() throws Exception {
        server.createContext("/net", sending(CONTENT, Integer.MAX_VALUE));
        for (int i = 1; i <= 6; i++) {
            String next = i == 1 ? "/net" : "/hop" + (i - 1);
            server.createContext("/hop" + i, exchange -> {
                exchange.getResponseHeaders().add("Location", next);
                answer(exchange, 302);
            });
        }
        download.fetch(source("/hop5"), target, (bytes, total) -> {});
        assertThat(target).hasBinaryContent(CONTENT);
        Files.delete(target);
        assertThatThrownBy(() -> download.fetch(source("/hop6"), target, (bytes, total) -> {}))
                .hasMessageContaining("more than 5 times");
    }

    @Test
    void nothing_but_https_is_asked_or_followed() throws Exception {
        var strict = new Download();
        assertThatThrownBy(() -> strict.fetch(source("/net"), target, (bytes, total) -> {}))
                .hasMessageContaining("not HTTPS");
        server.createContext("/file", exchange -> {
            exchange.getResponseHeaders().add("Location", "file:///etc/passwd");
            answer(exchange, 301);
        });
        assertThatThrownBy(() -> download.fetch(source("/file"), target, (bytes, total) -> {}))
                .hasMessageContaining("file:///etc/passwd")
                .hasMessageContaining("not HTTPS");
    }

    @Test
    void more_than_was_announced_is_refused() throws Exception {
        server.createContext("/net", sending(new byte[500_000], Integer.MAX_VALUE));
        assertThatThrownBy(() -> download.fetch(source("/net"), target, (bytes, total) -> {}))
                .hasMessageContaining("is larger than");
        assertThat(part()).doesNotExist();
        var sent = new AtomicInteger();
        server.createContext("/endless", exchange -> {
            exchange.sendResponseHeaders(200, 0); // in chunks, no size announced
            try (var body = exchange.getResponseBody()) {
                for (int i = 0; i < 10_000; i++) {
                    body.write(new byte[10_000]);
                    sent.addAndGet(10_000);
                }
            }
        });
        assertThatThrownBy(() -> download.fetch(source("/endless"), target, (bytes, total) -> {}))
                .hasMessageContaining("is larger than");
        assertThat(part()).doesNotExist();
        assertThat(sent.get()).isLessThan(50_000_000);
    }

    @Test
    void silence_is_not_waited_for_for_ever() throws Exception {
        server.createContext("/net", exchange -> {
            exchange.sendResponseHeaders(200, CONTENT.length);
            exchange.getResponseBody().write(CONTENT, 0, 1000);
            exchange.getResponseBody().flush();
            try {
                Thread.sleep(30_000);
            } catch (InterruptedException e) {
                exchange.close(); // the test is over
            }
        });
        long begin = System.nanoTime();
        assertThatThrownBy(() -> download.fetch(source("/net"), target, (bytes, total) -> {}))
                .hasMessageContaining("nothing more came");
        assertThat(System.nanoTime() - begin).isLessThan(15_000_000_000L);
        assertThat(target).doesNotExist();
    }
}
