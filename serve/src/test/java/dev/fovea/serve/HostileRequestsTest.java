package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageWriter;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that mean harm: each is refused, and the server goes on. */
class HostileRequestsTest {
    private static final String PREDICT = "/v1/models/m/predict";

    @TempDir
    static Path folder;

    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void start() throws IOException {
        var file = TinyModel.write(folder.resolve("m.onnx"), List.of("red", "green", "blue"), 10);
        server = Server.start(
                List.of(ModelSource.parse(file.toString())),
                ServeOptions.DEFAULT
                        .on("127.0.0.1", 0)
                        .withLimits(
                                new ServeOptions.Limits(40L << 20, 1_000_000, 8, Duration.ofSeconds(3), 400, 50_000)),
                line -> {});
        caller = new Caller(server.address());
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @AfterEach
    void the_server_still_answers() {
        var response = caller.post(PREDICT, "image/png", TinyModel.picture(255, 0, 0));
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Caller.json(response).at("/predictions/0/classes/0/class").asText())
                .isEqualTo("red");
        assertThat(Caller.text(caller.get("/metrics"))).contains("fovea_pictures_in_work 0.0");
    }

    @Test
    void bodies_beyond_the_limit_are_refused_before_they_are_sent() throws IOException {
        long begin = System.nanoTime();
        String answer = raw("POST " + PREDICT + " HTTP/1.1\r\nHost: h\r\nContent-Type: image/png\r\nContent-Length: "
                + "9000000000\r\n\r\n");
        assertThat(answer).startsWith("HTTP/1.1 413").contains("the limit is 41943040");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void bodies_of_unknown_length_are_cut_at_the_limit() throws IOException {
        try (var socket = connect()) {
            var out = socket.getOutputStream();
            out.write(
                    ("POST " + PREDICT + " HTTP/1.1\r\nHost: h\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked"
                                    + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            byte[] chunk = new byte[1 << 20];
            try {
                for (int i = 0; i < 200; i++) {
                    out.write("100000\r\n".getBytes(StandardCharsets.US_ASCII));
                    out.write(chunk);
                    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
                }
                assertThat(read(socket)).startsWith("HTTP/1.1 413");
            } catch (IOException e) {
                // The server has closed the connection while more was being sent, which refuses it as well.
            }
        }
    }

    @Test
    void what_is_no_picture_is_told_so() {
        byte[] png = TinyModel.picture(1, 200, 3);
        var bodies = new LinkedHashMap<String, byte[]>();
        bodies.put("truncated", Arrays.copyOf(png, png.length / 2));
        bodies.put("text", "hello, I am a picture".getBytes(StandardCharsets.UTF_8));
        bodies.put("zip", new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0, 0, 0});
        bodies.put("zeros", new byte[5000]);
        bodies.forEach((name, body) -> {
            var response = caller.post(PREDICT, "image/png", body);
            assertThat(response.statusCode()).as(name).isEqualTo(422);
            assertThat(response.headers().firstValue("Content-Type")).contains(Problem.CONTENT_TYPE);
            assertThat(Caller.json(response).get("detail").asText()).contains("the picture");
        });
        assertThat(caller.post(PREDICT, "image/png", new byte[0]).statusCode()).isEqualTo(400);
        assertThat(caller.post(PREDICT, "text/html", png).statusCode()).isEqualTo(415);
        assertThat(caller.get(PREDICT).statusCode()).isIn(404, 405);
    }

    @Test
    void decompression_bombs_are_refused_by_their_headers() throws IOException {
        var response = caller.post(PREDICT, "image/png", bomb(60_000, 60_000));
        assertThat(response.statusCode()).isEqualTo(422);
        assertThat(Caller.json(response).get("detail").asText()).contains("60000x60000", "1000000");
        var wide = ImageWriter.png(Image.filled(1001, 1000, 5));
        assertThat(caller.post(PREDICT, "image/png", wide).statusCode()).isEqualTo(422);
    }

    @Test
    void deeply_nested_json_is_refused_by_both_apis() {
        String deep = "[".repeat(10_000);
        for (String body : List.of(deep, "{\"image\":" + deep, "{\"images\":[" + deep, "{\"a\":".repeat(10_000))) {
            assertThat(caller.post(PREDICT, "application/json", body).statusCode())
                    .isEqualTo(400);
        }
        for (String body :
                List.of(deep, "{\"inputs\":[{\"data\":" + deep, "{\"parameters\":" + "{\"a\":".repeat(10_000))) {
            var response = caller.post("/v2/models/m/infer", "application/json", body);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(Caller.json(response).get("error").asText()).isNotEmpty();
        }
    }

    @Test
    void wrong_json_is_told_what_was_expected() {
        for (String body : List.of(
                "{}",
                "[]",
                "null",
                "{\"image\":7}",
                "{\"image\":\"***\"}",
                "{\"images\":\"a\"}",
                "{\"image\":\"aGk=\"} x")) {
            var response = caller.post(PREDICT, "application/json", body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
        }
    }

    @Test
    void a_million_parts_are_refused_after_the_first_few() {
        var body = new ByteArrayOutputStream();
        byte[] part = "--b\r\nContent-Disposition: form-data\r\n\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
        while (body.size() < 39 << 20) {
            body.writeBytes(part);
        }
        assertThat(body.size() / part.length).isGreaterThan(900_000);
        long begin = System.nanoTime();
        var response = caller.post(PREDICT, "multipart/form-data; boundary=b", body.toByteArray());
        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(Caller.json(response).get("detail").asText()).contains("8 parts");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void malformed_multipart_is_refused() {
        String head = "--b\r\nContent-Disposition: form-data; filename=x\r\n\r\n";
        for (String body :
                List.of("", "nothing", "--b", "--b\r\n", head, head + "abc", head + "abc\r\n--b", "--bx" + head)) {
            assertThat(caller.post(PREDICT, "multipart/form-data; boundary=b", body)
                            .statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(caller.post(PREDICT, "multipart/form-data", head).statusCode())
                .isEqualTo(400);
        assertThat(caller.post(PREDICT, "multipart/form-data; boundary=b", head + "\r\n--b--")
                        .statusCode())
                .isEqualTo(422);
    }

    @Test
    void tricks_in_names_and_paths_find_nothing() throws IOException {
        for (String path : List.of(
                "/v1/models/..%2f..%2fetc%2fpasswd/predict",
                "/v1/models/%2e%2e/predict",
                "/v1/models/m%00/predict",
                "/v1/models/../../../../etc/passwd",
                "/v1/models/m.onnx/predict",
                "/v2/models/m/versions/..%2f..%2f1/infer",
                "/v2/models/m/versions/99999999999999999999/infer",
                "/v2/models/m/versions/-1/infer",
                "/page.html",
                "/..%2fpage.html",
                "//etc/passwd",
                "/%ff%fe")) {
            String answer =
                    raw("POST " + path + " HTTP/1.1\r\nHost: h\r\nContent-Type: image/png\r\nContent-Length: 0\r\n"
                            + "Connection: close\r\n\r\n");
            assertThat(answer).as(path).matches("(?s)HTTP/1.1 (400|404|405) .*").doesNotContain("root:");
        }
        String header = raw("GET /v1/models HTTP/1.1\r\nHost: h\r\nX: " + "a".repeat(20_000) + "\r\n\r\n");
        assertThat(header).startsWith("HTTP/1.1 431");
        assertThat(raw("nonsense\r\n\r\n")).startsWith("HTTP/1.1 400").contains("problem+json");
    }

    @Test
    void callers_that_drip_are_cut_off() throws Exception {
        var pool = Executors.newFixedThreadPool(2);
        String header = "POST " + PREDICT + " HTTP/1.1\r\nHost: h\r\n";
        Callable<Duration> slowHeader = () -> drip(header, "X-A: b\r\n");
        Callable<Duration> slowBody =
                () -> drip(header + "Content-Type: image/png\r\nContent-Length: 100000\r\n\r\n", "x");
        var waits = new ArrayList<Future<Duration>>();
        waits.add(pool.submit(slowHeader));
        waits.add(pool.submit(slowBody));
        for (var wait : waits) {
            assertThat(wait.get()).isLessThan(Duration.ofSeconds(12));
        }
        pool.shutdown();
    }

    /** Sends a beginning, then a little every 100 ms; the time until the server hangs up or answers. */
    private static Duration drip(String beginning, String drop) throws Exception {
        long begin = System.nanoTime();
        try (var socket = connect()) {
            OutputStream out = socket.getOutputStream();
            out.write(beginning.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            socket.setSoTimeout(100);
            while (System.nanoTime() - begin < Duration.ofSeconds(20).toNanos()) {
                try {
                    socket.getInputStream().read(); // the end of the connection, or the begin of a refusal
                    break;
                } catch (SocketTimeoutException e) {
                    out.write(drop.getBytes(StandardCharsets.US_ASCII));
                    out.flush();
                }
            }
        } catch (SocketException e) {
            // The server has hung up.
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    @Test
    void many_silent_connections_do_not_keep_others_out_for_long() throws Exception {
        var silent = new ArrayList<Socket>();
        try {
            for (int i = 0; i < 300; i++) {
                silent.add(connect());
            }
            the_server_still_answers();
        } finally {
            for (var socket : silent) {
                socket.close();
            }
        }
    }

    private static Socket connect() throws IOException {
        var socket = new Socket(server.address().getHost(), server.address().getPort());
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static String raw(String request) throws IOException {
        try (var socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().flush();
            return read(socket);
        }
    }

    /** What the server sends until it closes the connection, or 20 s. */
    private static String read(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }

    /** A small PNG whose header asks for very many pixels, all of which its data could give. */
    private static byte[] bomb(int width, int height) throws IOException {
        var bytes = new ByteArrayOutputStream();
        var out = new DataOutputStream(bytes);
        out.writeLong(0x89504E470D0A1A0AL);
        var header = new ByteArrayOutputStream();
        var fields = new DataOutputStream(header);
        fields.writeInt(width);
        fields.writeInt(height);
        fields.write(new byte[] {8, 2, 0, 0, 0});
        chunk(out, "IHDR", header.toByteArray());
        var deflater = new Deflater(9);
        deflater.setInput(new byte[50_000_000]);
        deflater.finish();
        byte[] packed = new byte[200_000];
        chunk(out, "IDAT", Arrays.copyOf(packed, deflater.deflate(packed)));
        deflater.end();
        chunk(out, "IEND", new byte[0]);
        return bytes.toByteArray();
    }

    private static void chunk(DataOutputStream out, String type, byte[] data) throws IOException {
        var body = new ByteArrayOutputStream();
        body.writeBytes(type.getBytes(StandardCharsets.US_ASCII));
        body.writeBytes(data);
        var crc = new CRC32();
        crc.update(body.toByteArray());
        out.writeInt(data.length);
        out.write(body.toByteArray());
        out.writeInt((int) crc.getValue());
    }
}
