package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerTest {
    private static final List<String> NAMES = List.of("red", "green", "blue");
    private static final ServeOptions OPTIONS =
            ServeOptions.DEFAULT.on("127.0.0.1", 0).withTimes(Duration.ofMillis(50), Duration.ofSeconds(10));

    @TempDir
    static Path folder;

    private static final List<String> LOG = new CopyOnWriteArrayList<>();
    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void start() throws IOException {
        var versions = Files.createDirectories(folder.resolve("colours"));
        TinyModel.write(versions.resolve("1.onnx"), NAMES, 1);
        TinyModel.write(Files.createDirectories(versions.resolve("12")).resolve("model.onnx"), NAMES, 10);
        TinyModel.write(folder.resolve("other.onnx"), List.of("a", "b", "c"), 5);
        server = Server.start(
                List.of(
                        ModelSource.parse(versions.toString()),
                        ModelSource.parse("second=" + folder.resolve("other.onnx"))),
                OPTIONS,
                LOG::add);
        caller = new Caller(server.address());
    }

    @AfterAll
    static void end() {
        server.close();
    }

    @Test
    void raw_bytes_multipart_and_json_are_answered_alike() {
        byte[] green = TinyModel.picture(10, 250, 10);
        var raw = caller.post("/v1/models/colours/predict", "image/png", green);
        assertThat(raw.statusCode()).as(Caller.text(raw)).isEqualTo(200);
        var prediction = Caller.json(raw).at("/predictions/0");
        assertThat(prediction.at("/classes/0/class").asText()).isEqualTo("green");
        assertThat(prediction.at("/classes/0/index").asInt()).isEqualTo(1);
        assertThat(prediction.at("/classes/0/score").asDouble()).isCloseTo(0.99984, within(1e-4));
        assertThat(prediction.at("/width").asInt()).isEqualTo(20);
        assertThat(Caller.json(raw).at("/version").asText()).isEqualTo("12");
        assertThat(Caller.json(raw).at("/milliseconds/total").asDouble()).isPositive();

        var files = new LinkedHashMap<String, byte[]>();
        files.put("first.png", TinyModel.picture(200, 0, 0));
        files.put("second.png", green);
        files.put("broken.png", Arrays.copyOf(green, 40));
        var many = Caller.json(caller.post(
                "/v1/models/colours/predict?top=1", "multipart/form-data; boundary=b", Caller.multipart(files)));
        assertThat(many.at("/predictions")).hasSize(3);
        assertThat(many.at("/predictions/0/name").asText()).isEqualTo("first.png");
        assertThat(many.at("/predictions/0/classes")).hasSize(1);
        assertThat(many.at("/predictions/0/classes/0/class").asText()).isEqualTo("red");
        assertThat(many.at("/predictions/1/classes/0/class").asText()).isEqualTo("green");
        assertThat(many.at("/predictions/2/problem/detail").asText()).contains("broken.png");

        String base64 = Base64.getEncoder().encodeToString(green);
        var one = Caller.json(
                caller.post("/v1/models/second/predict", "application/json", "{\"image\":\"" + base64 + "\"}"));
        assertThat(one.at("/predictions/0/classes/0/class").asText()).isEqualTo("b");
        var two = Caller.json(caller.post(
                "/v1/models/colours/versions/1/predict",
                "application/json; charset=utf-8",
                "{\"images\":[\"" + base64 + "\",\"" + base64 + "\"]}"));
        assertThat(two.at("/predictions")).hasSize(2);
        assertThat(two.at("/version").asText()).isEqualTo("1");
        assertThat(two.at("/predictions/1/classes/0/score").asDouble()).isCloseTo(0.5620, within(1e-3));
    }

    @Test
    void models_are_listed_with_their_classes() {
        var models = Caller.json(caller.get("/v1/models")).get("models");
        assertThat(models).extracting(m -> m.get("name").asText()).containsExactly("colours", "second");
        assertThat(models.at("/0/versions")).extracting(JsonNode::asText).containsExactly("1", "12");
        assertThat(models.at("/0/classes")).extracting(JsonNode::asText).containsExactly("red", "green", "blue");
        assertThat(Caller.json(caller.get("/v1/models/second")).at("/width").asInt())
                .isEqualTo(TinyModel.SIDE);
    }

    @Test
    void the_open_inference_protocol_describes_models_and_health() {
        assertThat(Caller.json(caller.get("/v2")).at("/extensions/0").asText()).isEqualTo("binary_tensor_data");
        for (String path : List.of(
                "/v2/health/live",
                "/v2/health/ready",
                "/v2/models/colours/ready",
                "/v2/models/colours/versions/1/ready")) {
            assertThat(caller.get(path).statusCode()).as(path).isEqualTo(200);
        }
        var metadata = Caller.json(caller.get("/v2/models/colours/versions/12"));
        assertThat(metadata.at("/platform").asText()).isEqualTo("onnxruntime_onnx");
        assertThat(metadata.at("/inputs/0").toString())
                .isEqualTo("{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[-1,3,8,8]}");
        assertThat(metadata.at("/outputs/0").toString())
                .isEqualTo("{\"name\":\"logits\",\"datatype\":\"FP32\",\"shape\":[-1,3]}");
        assertThat(caller.get("/v2/models/nothing/ready").statusCode()).isEqualTo(404);
    }

    @Test
    void tensors_as_json_are_answered_as_json() {
        var data = new StringBuilder();
        for (int i = 0; i < 2 * 3 * 64; i++) {
            data.append(i == 0 ? "" : ",").append(i < 64 ? "0.5" : i >= 256 && i < 320 ? "0.25" : "0");
        }
        var request =
                "{\"id\":\"x7\",\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3,8,8],\"data\":["
                        + data + "]}],\"outputs\":[{\"name\":\"logits\"}]}";
        var answer = Caller.json(caller.post("/v2/models/colours/infer", "application/json", request));
        assertThat(answer.toString())
                .isEqualTo("{\"model_name\":\"colours\",\"model_version\":\"12\",\"id\":\"x7\",\"outputs\":[{\"name\":"
                        + "\"logits\",\"datatype\":\"FP32\",\"shape\":[2,3],\"data\":[5.0,0.0,0.0,0.0,2.5,0.0]}]}");
        var all = Caller.json(caller.post(
                "/v2/models/colours/versions/1/infer",
                "application/json",
                request.replace(",\"outputs\":[{\"name\":\"logits\"}]", "")));
        assertThat(all.at("/outputs/1/name").asText()).isEqualTo("embedding");
        assertThat(all.at("/outputs/1/data")).extracting(JsonNode::asDouble).containsExactly(0.5, 0., 0., 0., 0.25, 0.);
    }

    @Test
    void tensors_as_raw_bytes_are_answered_as_raw_bytes() {
        var header = "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3,8,8],\"parameters\":"
                + "{\"binary_data_size\":768}}],\"parameters\":{\"binary_data_output\":true}}";
        var body = ByteBuffer.allocate(header.length() + 768).order(ByteOrder.LITTLE_ENDIAN);
        body.put(header.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < 192; i++) {
            body.putFloat(i / 64 == 2 ? 0.75f : 0.125f);
        }
        var response = caller.post(
                "/v2/models/colours/infer",
                "application/octet-stream",
                body.array(),
                "Inference-Header-Content-Length",
                Integer.toString(header.length()));
        assertThat(response.statusCode()).as(Caller.text(response)).isEqualTo(200);
        int length = Integer.parseInt(
                response.headers().firstValue("Inference-Header-Content-Length").orElseThrow());
        assertThat(new String(response.body(), 0, length, StandardCharsets.UTF_8))
                .contains("\"binary_data_size\":12");
        var values = ByteBuffer.wrap(response.body(), length, 24).order(ByteOrder.LITTLE_ENDIAN);
        var floats = new float[6];
        values.asFloatBuffer().get(floats);
        assertThat(floats).containsExactly(1.25f, 1.25f, 7.5f, 0.125f, 0.125f, 0.75f);
    }

    @Test
    void wrong_tensors_are_told_what_is_wrong() {
        String good = "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3,8,8],\"data\":[1]}]}";
        var wrong = new LinkedHashMap<String, String>();
        wrong.put(good, "needs 768 bytes");
        wrong.put(good.replace("FP32", "INT64"), "FP32");
        wrong.put(good.replace("\"input\"", "\"x\""), "'input'");
        wrong.put(good.replace("[1,3,8,8]", "[1,3,9,8]"), "[-1, 3, 8, 8]");
        wrong.put(good.replace("[1,3,8,8]", "[-1,3,8,8]"), "shape");
        wrong.put(good.replace("[1,3,8,8]", "[100000,3,8,8]"), "64 pictures");
        wrong.put(good.replace("\"data\":[1]", "\"data\":[\"a\"]"), "numbers");
        wrong.put("{}", "one input");
        wrong.put("[]", "object");
        wrong.put("{\"inputs\":", "JSON");
        wrong.forEach((request, part) -> {
            var response = caller.post("/v2/models/colours/infer", "application/json", request);
            assertThat(response.statusCode()).as(request).isIn(400, 413);
            assertThat(Caller.json(response).get("error").asText()).as(request).contains(part);
        });
    }

    @Test
    void metrics_pages_and_the_log_tell_what_happens() {
        caller.post("/v1/models/colours/predict", "image/png", TinyModel.picture(1, 2, 3));
        String metrics = Caller.text(caller.get("/metrics"));
        assertThat(metrics)
                .contains("fovea_requests_seconds_count{route=\"/v1/models/{name}/predict\",status=\"200\"}")
                .contains("fovea_batch_pictures_count{model=\"colours\"}")
                .contains("fovea_pictures_in_work 0.0")
                .contains("jvm_memory_used_bytes");
        var api = Caller.json(caller.get("/openapi.json"));
        assertThat(api.get("openapi").asText()).startsWith("3.");
        api.get("paths").fieldNames().forEachRemaining(path -> {
            var operations = api.get("paths").get(path);
            if (operations.has("get")) {
                String real = path.replace("{name}", "colours").replace("{version}", "12");
                assertThat(caller.get(real).statusCode()).as(real).isEqualTo(200);
            }
        });
        for (String page : List.of("/", "/docs", "/page.js", "/page.css", "/docs.js")) {
            var response = caller.get(page);
            assertThat(response.statusCode()).as(page).isEqualTo(200);
            assertThat(response.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'");
        }
        assertThat(LOG).anySatisfy(line -> {
            var entry = Caller.JSON.readTree(line);
            assertThat(entry.get("path").asText()).isEqualTo("/v1/models/colours/predict");
            assertThat(entry.get("status").asInt()).isEqualTo(200);
            assertThat(entry.get("model").asText()).isEqualTo("colours/12");
            assertThat(entry.get("pictures").asInt()).isEqualTo(1);
            assertThat(entry.get("bytes_in").asLong()).isPositive();
        });
    }

    @Test
    void a_token_is_asked_for_where_one_is_set() throws IOException {
        var file = TinyModel.write(folder.resolve("secret.onnx"), NAMES, 1);
        try (var locked =
                Server.start(List.of(new ModelSource("m", file)), OPTIONS.withToken("a-long-token"), line -> {})) {
            var stranger = new Caller(locked.address());
            for (String path : List.of("/v1/models", "/v2/models/m", "/metrics")) {
                var response = stranger.get(path);
                assertThat(response.statusCode()).as(path).isEqualTo(401);
                assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            }
            assertThat(stranger.get("/v2/health/ready").statusCode()).isEqualTo(200);
            assertThat(stranger.get("/").statusCode()).isEqualTo(200);
            for (String token : List.of("a-long-token", "a-long-tokem", "")) {
                var response =
                        stranger.send(HttpRequest.newBuilder(locked.address().resolve("/v1/models"))
                                .header("Authorization", "Bearer " + token)
                                .build());
                assertThat(response.statusCode()).isEqualTo(token.equals("a-long-token") ? 200 : 401);
            }
        }
    }

    @Test
    void a_model_is_replaced_while_requests_run_and_none_is_lost() throws Exception {
        var file = TinyModel.write(folder.resolve("changing.onnx"), NAMES, 1);
        var log = new CopyOnWriteArrayList<String>();
        var pool = Executors.newFixedThreadPool(4);
        var on = new AtomicBoolean(true);
        try (var changing = Server.start(List.of(new ModelSource("m", file)), OPTIONS, log::add)) {
            var client = new Caller(changing.address());
            byte[] red = TinyModel.picture(255, 0, 0);
            var counts = new ArrayList<Future<Integer>>();
            for (int i = 0; i < 4; i++) {
                counts.add(pool.submit(() -> {
                    int count = 0;
                    while (on.get()) {
                        var response = client.post("/v1/models/m/predict", "image/png", red);
                        assertThat(response.statusCode())
                                .as(Caller.text(response))
                                .isEqualTo(200);
                        count++;
                    }
                    return count;
                }));
            }
            for (int round = 1; round <= 3; round++) {
                TinyModel.write(file, List.of("new" + round, "b", "c"), 2);
                String expected = "new" + round;
                await(() -> Caller.json(client.post("/v1/models/m/predict", "image/png", red))
                        .at("/predictions/0/classes/0/class")
                        .asText()
                        .equals(expected));
            }
            Files.write(file, new byte[] {1, 2, 3});
            await(() -> log.stream().anyMatch(line -> line.contains("cannot be loaded")));
            assertThat(client.post("/v1/models/m/predict", "image/png", red).statusCode())
                    .isEqualTo(200);
            on.set(false);
            for (var count : counts) {
                assertThat(count.get()).isPositive();
            }
        } finally {
            on.set(false);
            pool.shutdownNow();
        }
    }

    @Test
    void the_end_waits_for_requests_in_work() throws Exception {
        var file = TinyModel.write(folder.resolve("ending.onnx"), NAMES, 1);
        var pool = Executors.newFixedThreadPool(8);
        var ending = Server.start(
                List.of(new ModelSource("m", file)), OPTIONS.withBatching(64, Duration.ofMillis(700), 100), line -> {});
        var client = new Caller(ending.address());
        byte[] red = TinyModel.picture(255, 0, 0);
        var answers = new ArrayList<Future<Integer>>();
        for (int i = 0; i < 8; i++) {
            answers.add(pool.submit(
                    () -> client.post("/v1/models/m/predict", "image/png", red).statusCode()));
        }
        await(() -> Caller.text(client.get("/metrics")).contains("fovea_pictures_in_work 8.0"));
        ending.close();
        for (var answer : answers) {
            assertThat(answer.get()).isEqualTo(200);
        }
        pool.shutdownNow();
    }

    @Test
    void models_that_cannot_be_loaded_and_names_that_clash_end_the_start() throws IOException {
        var file = TinyModel.write(folder.resolve("fine.onnx"), NAMES, 1);
        assertThatThrownBy(() ->
                        Server.start(List.of(ModelSource.parse("x=" + folder.resolve("no.onnx"))), OPTIONS, l -> {}))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() ->
                        Server.start(List.of(new ModelSource("m", file), new ModelSource("m", file)), OPTIONS, l -> {}))
                .hasMessageContaining("'m'");
        assertThatThrownBy(() -> ModelSource.parse("../evil name=" + file)).hasMessageContaining("no name");
        assertThatThrownBy(() -> Server.start(
                        List.of(new ModelSource("m", file)),
                        OPTIONS.on("127.0.0.1", server.address().getPort()),
                        l -> {}))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen");
    }

    private static void await(Callable<Boolean> condition) throws Exception {
        long until = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as("waited for 20 s").isLessThan(until);
            Thread.sleep(20);
        }
    }
}
