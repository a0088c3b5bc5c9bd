package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonToken;
import dev.fovea.vision.Box;
import dev.fovea.vision.codec.ImageReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** YOLOX-Nano as somebody else exported it finds what an independent interpreter of the same file found. */
class PublishedDetectorTest {
    private static final String DESCRIPTION = """
            task: detect
            resize: corner416-fill114-antialias
            scale: 255
            channels: bgr
            detector: {form: yolox, strides: [8, 16, 32], threshold: 0.3, iou: 0.45}
            """;

    @TempDir
    Path folder;

    private record Expected(int label, float score, Box box) {}

    @Test
    void yolox_nano_finds_the_stored_objects() throws IOException {
        var data = Path.of(System.getenv().getOrDefault("FOVEA_SHARED", "../../shared"), "data");
        var graph = data.resolve("weights/yolox_nano_coco.onnx");
        assumeTrue(Files.exists(graph), "no " + graph);
        var file = Files.copy(graph, folder.resolve("yolox.onnx"));
        Files.writeString(folder.resolve("yolox.yaml"), DESCRIPTION);
        var expected = expected(data.resolve("weights/reference/yolox_nano_reference.json"));
        assertThat(expected).hasSize(3);
        try (var detector = Detector.load(file)) {
            for (var entry : expected.entrySet()) {
                var image = new ImageReader().read(data.resolve("photos").resolve(entry.getKey()));
                var found = detector.detect(image).items();
                assertThat(found).as(entry.getKey()).hasSameSizeAs(entry.getValue());
                for (int i = 0; i < found.size(); i++) {
                    var wanted = entry.getValue().get(i);
                    assertThat(found.get(i).label().index()).isEqualTo(wanted.label);
                    assertThat(found.get(i).score()).isCloseTo(wanted.score, within(0.002f));
                    var box = wanted.box.clip(image.size());
                    assertThat(found.get(i).box().iou(box))
                            .as("%s", found.get(i))
                            .isGreaterThan(0.995);
                }
            }
        }
    }

    /** The objects of each picture, best first. */
    private static Map<String, List<Expected>> expected(Path file) throws IOException {
        var all = new LinkedHashMap<String, List<Expected>>();
        try (var json = new JsonFactory().createParser(file.toFile())) {
            while (!"images".equals(json.nextFieldName())) {
                assertThat(json.currentToken()).isNotNull();
            }
            json.nextToken();
            for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
                var objects = new ArrayList<Expected>();
                json.nextToken();
                while (json.nextToken() == JsonToken.START_OBJECT) {
                    int label = -1;
                    float score = 0;
                    float[] corners = new float[4];
                    for (String key = json.nextFieldName(); key != null; key = json.nextFieldName()) {
                        json.nextToken();
                        switch (key) {
                            case "class_index" -> label = json.getIntValue();
                            case "score" -> score = json.getFloatValue();
                            case "box_xyxy" -> {
                                for (int i = 0; i < 4; i++) {
                                    json.nextToken();
                                    corners[i] = json.getFloatValue();
                                }
                                json.nextToken();
                            }
                            default -> {}
                        }
                    }
                    var box = new Box(corners[0], corners[1], corners[2], corners[3]);
                    objects.add(new Expected(label, score, box));
                }
                all.put(name, objects);
            }
        }
        return all;
    }
}
