package dev.fovea.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.nn.checkpoint.Safetensors;
import dev.fovea.runtime.Detector;
import dev.fovea.tensor.Scope;
import dev.fovea.train.detect.TrainedDetector;
import dev.fovea.vision.Image;
import dev.fovea.vision.codec.ImageReader;
import dev.fovea.vision.codec.ImageWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fovea export} of a network that finds objects, from its arguments to a file that finds the same objects. */
class ExportDetectorTest {
    private static final String MODEL = "yolox_nano(image_size=64)";
    private static final Map<String, Object> OPTIONS = Map.of("image_size", 64, "classes", 2);

    @TempDir
    static Path shared;

    @TempDir
    Path temp;

    private static Path weights;
    private static Path labels;

    @BeforeAll
    static void weights() throws IOException {
        weights = shared.resolve("w.safetensors");
        labels = Files.write(shared.resolve("labels.txt"), List.of("cup", "fork"));
        try (var network = Models.detect("yolox_nano", OPTIONS);
                var scope = Scope.open()) {
            new GoldenFill("file/", 0.5).fill(network);
            Safetensors.write(weights, network.stateDict(), Map.of());
        }
    }

    private Call export(Object... more) {
        var arguments = new ArrayList<Object>(
                List.of("export", "--model", MODEL, "--weights", weights, "--labels", labels, "--to"));
        arguments.add(temp.resolve("file.onnx"));
        arguments.addAll(List.of(more));
        return Call.of(arguments.toArray());
    }

    private static Image picture() {
        var pixels = new byte[128 * 96 * 3];
        new Random(3).nextBytes(pixels);
        return Image.wrap(128, 96, 3, pixels);
    }

    private void requireSameObjects() throws IOException {
        try (var own = new TrainedDetector(
                        TrainedDetector.build(ModelSpec.parse(MODEL).with("classes", 2), weights),
                        List.of("cup", "fork"));
                var file = Detector.load(temp.resolve("file.onnx"))) {
            var expected = own.detect(List.of(picture()), own.selection().withLeastScore(0.1))
                    .get(0);
            var found = file.detect(picture());
            assertThat(found.items()).hasSameSizeAs(expected.items()).isNotEmpty();
            for (int i = 0; i < found.size(); i++) {
                var a = found.items().get(i);
                var b = expected.items().get(i);
                assertThat(a.label()).isEqualTo(b.label());
                assertThat(a.score()).isCloseTo(b.score(), within(1e-4f));
                assertThat(a.box().x1()).isCloseTo(b.box().x1(), within(0.05f));
                assertThat(a.box().y2()).isCloseTo(b.box().y2(), within(0.05f));
            }
        }
    }

    @Test
    void a_file_finds_what_the_network_finds() throws IOException {
        var call = export("--threshold", 0.1, "--json");
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.json().get("deviation").asDouble()).isLessThan(1e-4);
        requireSameObjects();
    }

    @Test
    void a_graph_that_chooses_finds_the_same() throws IOException {
        var call = export("--threshold", 0.1, "--nms", "--json");
        assertThat(call.code()).as(call.err()).isZero();
        assertThat(call.json().get("operators").has("NonMaxSuppression")).isTrue();
        requireSameObjects();
    }

    @Test
    void predict_with_a_file_lists_draws_and_writes_what_it_finds() throws IOException {
        assertThat(export("--threshold", 0.1).code()).isZero();
        var model = temp.resolve("file.onnx");
        var photo = temp.resolve("noise.png");
        ImageWriter.write(picture(), photo);
        var call = Call.of("predict", model, photo, "--threshold", 0.1, "--out", temp.resolve("drawn"), "--json");
        assertThat(call.code()).as(call.err()).isZero();
        var prediction = call.json().get("predictions").get(0);
        var objects = prediction.get("objects");
        try (var file = Detector.load(model)) {
            var found = file.detect(picture());
            assertThat(objects).hasSize(found.size());
            assertThat(objects.get(0).get("class").asText())
                    .isEqualTo(found.items().get(0).label().name());
            assertThat(objects.get(0).get("box").get(2).floatValue())
                    .isCloseTo(found.items().get(0).box().x2(), within(0.05f));
            assertThat(new ImageReader().read(Path.of(prediction.get("drawn").asText())))
                    .as("boxes are drawn")
                    .isNotEqualTo(picture());
        }
        assertThat(Files.readString(temp.resolve("drawn").resolve("results.json")))
                .contains("\"file_name\" : \"noise.png\"");

        var fewer = Call.of("predict", model, photo, "--threshold", 0.1, "--top", 1, "--csv");
        assertThat(fewer.out().lines()).hasSize(2).first().isEqualTo("path,class,score,x1,y1,x2,y2");
        var tiles = Call.of("predict", model, photo, "--threshold", 0.1, "--tiles", 64, "--json");
        assertThat(tiles.code()).as(tiles.err()).isZero();
        assertThat(tiles.json().get("predictions").get(0).get("width").asInt()).isEqualTo(128);
        assertThat(Call.of("predict", model, photo, "--threshold", 0.1, "--region", "0,0,8,8")
                        .err())
                .contains("--region");
        assertThat(Call.of("predict", model, photo, "--threshold", 0.1, "--tta", "flip")
                        .code())
                .isNotZero();
    }

    @Test
    void what_does_not_go_together_is_refused_before_work_begins() {
        assertThat(export("--int8", "--calibrate", temp).err()).contains("--int8 is for classifiers");
        assertThat(export("--dynamic-size").code()).isEqualTo(2);
        assertThat(export("--size", "64y64").err()).contains("--size").contains("64y64");
        assertThat(export("--nms", "--fp16").err()).contains("rounded weights");
        assertThat(temp.resolve("file.onnx")).doesNotExist();
        var odd = export("--size", "70");
        assertThat(odd.code()).isNotZero();
        assertThat(odd.err()).contains("multiples of 32");
    }
}
