package dev.fovea.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Networks that find objects, behind the same addresses as those that name pictures. */
class DetectorServerTest {
    private static final String PREDICT = "/v1/models/finder/predict";

    @TempDir
    static Path folder;

    private static Server server;
    private static Caller caller;

    @BeforeAll
    static void start() throws IOException {
        TinyModel.detector(folder.resolve("finder.onnx"));
        TinyModel.write(folder.resolve("colours.onnx"), List.of("red", "green", "blue"), 1);
        server = Server.start(
                List.of(
                        ModelSource.parse(folder.resolve("finder.onnx").toString()),
                        ModelSource.parse(folder.resolve("colours.onnx").toString())),
                ServeOptions.DEFAULT.on("127.0.0.1", 0).withTimes(Duration.ZERO, Duration.ofSeconds(10)),
                line -> {});
        caller = new Caller(server.address());
    }

    @AfterAll
    static void end() {
        server.close();
    }

    private static List<Double> numbers(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(JsonNode::asDouble)
                .toList();
    }

    @Test
    void objects_are_answered_with_boxes_in_pixels_of_the_picture() {
        var answer = caller.post(PREDICT, "image/png", TinyModel.picture(255, 102, 0));
        assertThat(answer.statusCode()).as(Caller.text(answer)).isEqualTo(200);
        var seen = Caller.json(answer).at("/predictions/0");
        assertThat(seen.at("/width").asInt()).isEqualTo(20);
        assertThat(seen.has("classes")).isFalse();
        assertThat(seen.at("/objects")).hasSize(2);
        assertThat(seen.at("/objects/0/class").asText()).isEqualTo("red");
        assertThat(seen.at("/objects/0/score").asDouble()).isCloseTo(1, within(1e-4));
        assertThat(numbers(seen.at("/objects/0/box"))).containsExactly(0.0, 0.0, 10.0, 7.0);
        assertThat(seen.at("/objects/1/index").asInt()).isEqualTo(1);
        assertThat(seen.at("/objects/1/score").asDouble()).isCloseTo(0.4, within(1e-3));
        assertThat(numbers(seen.at("/objects/1/box"))).containsExactly(10.0, 0.0, 20.0, 14.0);
    }

    @Test
    void callers_choose_threshold_and_number_and_nothing_found_is_an_answer() {
        byte[] picture = TinyModel.picture(255, 102, 0);
        for (String query : List.of("threshold=0.5", "top=1")) {
            assertThat(Caller.json(caller.post(PREDICT + "?" + query, "image/png", picture))
                            .at("/predictions/0/objects"))
                    .as(query)
                    .hasSize(1);
        }
        var files = new LinkedHashMap<String, byte[]>();
        files.put("blue.png", TinyModel.picture(0, 0, 255));
        files.put("red.png", TinyModel.picture(255, 0, 0));
        var many = Caller.json(
                caller.post(PREDICT + "?iou=0.5", "multipart/form-data; boundary=b", Caller.multipart(files)));
        assertThat(many.at("/predictions/0/objects").isArray()).isTrue();
        assertThat(many.at("/predictions/0/objects")).isEmpty();
        assertThat(many.at("/predictions/1/objects")).hasSize(1);
        for (String wrong : List.of("threshold=2", "threshold=x", "iou=-1")) {
            var refused = caller.post(PREDICT + "?" + wrong, "image/png", picture);
            assertThat(refused.statusCode()).as(wrong).isEqualTo(400);
            assertThat(Caller.text(refused)).contains("0 to 1");
        }
        var classes = caller.post("/v1/models/colours/predict?threshold=0.5", "image/png", picture);
        assertThat(classes.statusCode()).isEqualTo(400);
        assertThat(Caller.text(classes)).contains("find objects");
    }

    @Test
    void tensors_go_in_and_out_in_their_own_shapes() {
        var described = Caller.json(caller.get("/v2/models/finder"));
        assertThat(numbers(described.at("/outputs/0/shape"))).containsExactly(-1.0, 2.0, 4.0);
        assertThat(numbers(described.at("/outputs/1/shape"))).containsExactly(-1.0, 2.0, 2.0);
        assertThat(Caller.json(caller.get("/v1/models/finder")).at("/task").asText())
                .isEqualTo("detect");
        var data = new StringBuilder();
        for (int i = 0; i < 2 * 3 * 64; i++) {
            data.append(i == 0 ? "" : ",").append(i / 64 % 3 == 0 ? 0.75 : 0.25);
        }
        var answer = caller.post(
                "/v2/models/finder/infer",
                "application/json",
                ("{\"inputs\": [{\"name\": \"input\", \"datatype\": \"FP32\", \"shape\": [2, 3, 8, 8], \"data\": ["
                                + data + "]}]}")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(answer.statusCode()).as(Caller.text(answer)).isEqualTo(200);
        var outputs = Caller.json(answer).at("/outputs");
        assertThat(numbers(outputs.at("/0/shape"))).containsExactly(2.0, 2.0, 4.0);
        assertThat(numbers(outputs.at("/1/data"))).containsExactly(0.75, 0.0, 0.0, 0.25, 0.75, 0.0, 0.0, 0.25);
    }
}
