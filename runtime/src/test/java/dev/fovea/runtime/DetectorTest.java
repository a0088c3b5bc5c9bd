package dev.fovea.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Box;
import dev.fovea.vision.Detection;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.Tiles;
import dev.fovea.vision.transform.Normalize;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DetectorTest {
    private static final List<String> NAMES = List.of("red", "green");
    private static final Preprocessing CORNER = new Preprocessing(ResizePolicy.parse("corner64-fill0"), Normalize.UNIT);
    /** Two places that overlap by 0.6, one apart, one beside the picture. */
    private static final float[][] BOXES = {{0, 0, 16, 16}, {0, 4, 16, 20}, {24, 0, 32, 8}, {40, 40, 60, 60}};

    private static final float[][][] WEIGHTS = {
        {{0.9f, 0, 0}, {0, 0.5f, 0}}, {{0.8f, 0, 0}, {0, 0.9f, 0}}, {{0.4f, 0, 0}, {0, 0.4f, 0}}, {{1, 0, 0}, {0, 0, 1}}
    };

    @TempDir
    Path folder;

    private Path tiny(Object batch, BoxForm form, BoxSelection selection) throws IOException {
        var metadata = ModelMetadata.detector(NAMES, CORNER, new BoxDecoding(form, selection));
        return TinyDetector.dense(batch, 64, BOXES, WEIGHTS)
                .metadata(metadata.toMap())
                .write(folder.resolve("tiny.onnx"));
    }

    private Path tiny() throws IOException {
        return tiny("n", BoxForm.Dense.ofCorners(), BoxSelection.USUAL.withLeastScore(0.1));
    }

    private static Image red(int width, int height) {
        return Image.filled(width, height, 255, 0, 0);
    }

    @Test
    void boxes_are_in_pixels_of_the_original_picture() throws IOException {
        // Half the size of the input, filling it: the means are those of the picture.
        try (var detector = Detector.load(tiny())) {
            var found = detector.detect(red(32, 32));
            assertThat(found.image()).isEqualTo(Size.square(32));
            assertThat(found.items().stream().map(Detection::box))
                    .containsExactly(new Box(20, 20, 30, 30), new Box(0, 0, 8, 8), new Box(12, 0, 16, 4));
            assertThat(found.items().get(1).score()).isCloseTo(0.9f, within(1e-4f));
            assertThat(found.items().get(1).label().name()).isEqualTo("red");
        }
    }

    @Test
    void boxes_over_the_edge_are_cut_and_those_outside_are_dropped() throws IOException {
        // 64 x 8: only the upper eighth of the input is picture.
        try (var detector = Detector.load(tiny())) {
            var found = detector.detect(red(64, 8), detector.selection().withLeastScore(0.01));
            assertThat(found.items().stream().map(Detection::box))
                    .containsExactly(new Box(0, 0, 16, 8), new Box(24, 0, 32, 8));
        }
    }

    @Test
    void suppression_is_as_the_selection_says() throws IOException {
        var image = Image.filled(64, 64, 255, 255, 0);
        try (var detector = Detector.load(tiny())) {
            var usual = detector.selection();
            assertThat(scores(detector.detect(image))).containsExactly(1f, 0.9f, 0.9f, 0.4f, 0.4f);
            assertThat(scores(detector.detect(image, usual.withIou(0.7))))
                    .containsExactly(1f, 0.9f, 0.9f, 0.8f, 0.5f, 0.4f, 0.4f);
            assertThat(scores(detector.detect(image, usual.withClasswise(false))))
                    .containsExactly(1f, 0.9f, 0.4f);
            assertThat(scores(detector.detect(image, usual.withLeastScore(0.45))))
                    .containsExactly(1f, 0.9f, 0.9f);
            assertThat(scores(detector.detect(image, usual.withMost(2)))).containsExactly(1f, 0.9f);
            assertThat(scores(detector.detect(image, usual.withCandidates(1)))).containsExactly(1f);
        }
    }

    @Test
    void candidates_are_the_best_of_what_the_form_says() throws IOException {
        var image = Image.filled(64, 64, 255, 255, 0);
        var one = BoxSelection.USUAL.withLeastScore(0.1).withCandidates(1).withoutSuppression();
        var forms = Map.of(
                BoxForm.Dense.ofCorners().ofEachClass(), new float[] {1, 0.9f},
                BoxForm.Dense.ofCorners().ofEachLevel(List.of(2, 1, 1)), new float[] {1, 0.9f, 0.4f},
                BoxForm.Dense.ofCorners().withBestClass(true), new float[] {1});
        for (var entry : forms.entrySet()) {
            try (var detector = Detector.load(tiny("n", entry.getKey(), one))) {
                assertThat(scores(detector.detect(image)))
                        .as("%s", entry.getKey())
                        .containsExactly(entry.getValue());
            }
        }
        var best = BoxForm.Dense.ofCorners().withBestClass(true);
        try (var detector = Detector.load(tiny("n", best, one.withCandidates(9)))) {
            assertThat(scores(detector.detect(image))).containsExactly(1f, 0.9f, 0.9f, 0.4f);
        }
        var wrong = BoxForm.Dense.ofCorners().ofEachLevel(List.of(2, 1));
        try (var detector = Detector.load(tiny("n", wrong, one))) {
            assertThatThrownBy(() -> detector.detect(image)).hasMessageContaining("[2, 1]");
        }
    }

    @Test
    void coordinates_may_be_centres_or_parts_of_the_input() throws IOException {
        var selection = BoxSelection.USUAL.withoutSuppression();
        for (var coordinates : BoxForm.Coordinates.values()) {
            boolean isCentre = coordinates.name().endsWith("CENTRES");
            float unit = coordinates.name().startsWith("RELATIVE") ? 64 : 1;
            float[] box = isCentre ? new float[] {16, 24, 16, 32} : new float[] {8, 8, 24, 40};
            for (int i = 0; i < 4; i++) {
                box[i] /= unit;
            }
            var form = BoxForm.Dense.ofCorners().withCoordinates(coordinates);
            var file = TinyDetector.dense("n", 64, new float[][] {box}, new float[][][] {{{1, 0, 0}}})
                    .metadata(ModelMetadata.detector(List.of("red"), CORNER, new BoxDecoding(form, selection))
                            .toMap())
                    .write(folder.resolve("one.onnx"));
            try (var detector = Detector.load(file)) {
                assertThat(detector.detect(red(64, 64)).items().get(0).box())
                        .as("%s", coordinates)
                        .isEqualTo(new Box(8, 8, 24, 40));
            }
        }
    }

    @Test
    void pictures_of_any_sizes_alone_together_and_gathered_give_the_same() throws Exception {
        var images = List.of(
                red(1, 1),
                red(64, 64),
                Image.filled(7, 300, 0, 0, 0),
                Image.filled(500, 3, 0, 255, 0),
                Image.filled(64, 64, 200),
                Image.filled(130, 90, 255, 255, 255));
        for (Object batch : new Object[] {"n", 1, 4}) {
            var file = tiny(batch, BoxForm.Dense.ofCorners(), BoxSelection.USUAL.withLeastScore(0.05));
            var alone = new ArrayList<Detections>();
            try (var detector = Detector.load(file)) {
                images.forEach(image -> alone.add(detector.detect(image)));
                assertThat(detector.detect(images, detector.selection())).isEqualTo(alone);
                assertThat(detector.detect(List.of(), detector.selection())).isEmpty();
                assertThat(alone.get(2).size())
                        .as("a black picture has no objects")
                        .isZero();
                assertThat(alone.get(0).items()).isNotEmpty().allSatisfy(d -> assertThat(
                                d.box().clip(Size.square(1)))
                        .isEqualTo(d.box()));
            }
            var options = RuntimeOptions.DEFAULT.withBatching(new Batching(Duration.ofMillis(5), 100));
            var pool = Executors.newFixedThreadPool(4);
            try (var detector = Detector.load(file, options)) {
                var tasks = images.stream()
                        .map(image -> pool.submit(() -> detector.detect(image)))
                        .toList();
                for (int i = 0; i < tasks.size(); i++) {
                    assertThat(tasks.get(i).get()).isEqualTo(alone.get(i));
                }
            } finally {
                pool.shutdownNow();
            }
        }
    }

    @Test
    void raw_heads_of_yolox_are_decoded_cell_by_cell() throws IOException {
        // 64 pixels, strides 16 and 32: 16 and 4 cells.
        var rows = new float[20][7];
        rows[6] = new float[] {0.5f, 0.25f, (float) Math.log(2), 0, 0.8f, 0.1f, 0.5f}; // row 1, column 2 of the first
        rows[19] = new float[] {0.5f, 0.5f, 0, 0, 0.9f, 1, 0.2f}; // the last cell of the second
        var form = new BoxForm.Yolox(Optional.of("output"), List.of(16, 32));
        var file = TinyDetector.raw(64, rows)
                .metadata(ModelMetadata.detector(NAMES, CORNER, new BoxDecoding(form, BoxSelection.USUAL))
                        .toMap())
                .write(folder.resolve("yolox.onnx"));
        try (var detector = Detector.load(file)) {
            var found = detector.detect(red(64, 64)).items();
            assertThat(found).hasSize(2);
            assertThat(found.get(0)).isEqualTo(new Detection(detector.labels().get(0), 0.9f, new Box(32, 32, 64, 64)));
            assertThat(found.get(1).label().name()).isEqualTo("green");
            assertThat(found.get(1).score()).isCloseTo(0.4f, within(1e-6f));
            assertThat(found.get(1).box()).isEqualTo(new Box(24, 12, 56, 28));
        }
    }

    @Test
    void objects_that_the_graph_has_chosen_go_to_their_pictures() throws IOException {
        float[][] boxes = {{0, 0, 10, 10}, {0, 0, 10, 10}, {5, 5, 20, 20}, {0, 0, 9, 9}};
        var decoding = new BoxDecoding(BoxForm.Chosen.ofPictures(), BoxSelection.USUAL.withoutSuppression());
        var file = TinyDetector.chosen(
                        64, boxes, new float[] {0.9f, 0.8f, 0.7f, 0.2f}, new long[] {1, 0, 1, 0}, new long[] {1, 0, 1, 0
                        })
                .metadata(ModelMetadata.detector(NAMES, CORNER, decoding).toMap())
                .write(folder.resolve("chosen.onnx"));
        try (var detector = Detector.load(file)) {
            var found = detector.detect(List.of(red(64, 64), red(64, 64), red(64, 64)), detector.selection());
            assertThat(scores(found.get(0))).containsExactly(0.8f);
            assertThat(scores(found.get(1))).containsExactly(0.9f, 0.7f);
            assertThat(scores(found.get(2))).as("alone in a batch of two").containsExactly(0.8f);
            assertThat(detector.signature().outputs().get(2).type()).isEqualTo("INT64");
        }
    }

    @Test
    void tiles_find_what_the_whole_picture_hides() throws IOException {
        // A red tile of 64 pixels in a black picture: too weak in the whole, whose mean is a sixteenth.
        byte[] pixels = new byte[256 * 256 * 3];
        for (int y = 128; y < 192; y++) {
            for (int x = 128; x < 192; x++) {
                pixels[(y * 256 + x) * 3] = (byte) 255;
            }
        }
        var image = Image.wrap(256, 256, 3, pixels);
        try (var detector = Detector.load(tiny())) {
            var selection = detector.selection().withLeastScore(0.5);
            assertThat(detector.detect(image, selection).items()).isEmpty();
            var found = detector.detect(image, new Tiles(64, 0), selection);
            assertThat(found.image()).isEqualTo(image.size());
            assertThat(found.items().stream().map(Detection::box))
                    .containsExactly(new Box(168, 168, 188, 188), new Box(128, 128, 144, 144));
        }
    }

    @Test
    void a_foreign_graph_is_described_by_a_file_beside_it() throws IOException {
        TinyDetector.dense(1, 64, BOXES, WEIGHTS).write(folder.resolve("foreign.onnx"));
        var file = folder.resolve("foreign.onnx");
        assertThatThrownBy(() -> Detector.load(file)).hasMessageContaining("'classify'");
        Files.writeString(folder.resolve("foreign.yaml"), """
                task: detect
                labels: [red, green]
                resize: corner64-fill0
                scale: 255
                channels: bgr
                detector:
                  form: dense
                  share: level
                  levels: [2, 2]
                  threshold: 25
                """);
        assertThatThrownBy(() -> Detector.load(file))
                .hasMessageContaining("foreign.yaml")
                .hasMessageContaining("25");
        Files.writeString(
                folder.resolve("foreign.yaml"),
                Files.readString(folder.resolve("foreign.yaml")).replace("threshold: 25", "threshold: 0.25"));
        try (var detector = Detector.load(file)) {
            assertThat(detector.metadata()
                            .preprocessing()
                            .orElseThrow()
                            .normalize()
                            .bgr())
                    .isTrue();
            assertThat(detector.detect(Image.filled(64, 64, 0, 0, 1)).items()).hasSize(3);
            assertThat(detector.detect(Image.filled(64, 64, 1, 0, 0)).items()).hasSize(1); // what needs the last plane
        }
    }

    @Test
    void descriptions_are_read_as_written_and_mistakes_are_named() {
        for (var decoding : List.of(
                new BoxDecoding(BoxForm.Dense.ofCorners().ofEachLevel(List.of(3, 4)), BoxSelection.USUAL),
                new BoxDecoding(
                        BoxForm.Dense.ofCorners().withClipFirst(true).ofEachClass(),
                        new BoxSelection(0.01, OptionalDouble.empty(), false, 7, 9)),
                new BoxDecoding(BoxForm.Chosen.ofPictures(), BoxSelection.USUAL.withoutSuppression()),
                new BoxDecoding(BoxForm.Yolox.published(), BoxSelection.USUAL))) {
            assertThat(BoxDecoding.parse(decoding.toJson())).isEqualTo(decoding);
        }
        var wrong = Map.of(
                "[]", "form",
                "{}", "form",
                "{\"form\": \"ssd\"}", "dense",
                "{\"form\": \"yolox\", \"boxes\": \"b\"}", "boxes",
                "{\"form\": \"yolox\", \"strides\": [0]}", "strides",
                "{\"form\": \"dense\", \"iou\": 2}", "IoU",
                "{\"form\": \"dense\", \"share\": \"level\"}", "levels",
                "{\"form\": \"dense\", \"most\": \"many\"}", "most",
                "{\"form\": \"dense\"} x", "detector",
                "{\"form\": {\"a\": 1}}", "form");
        for (var entry : wrong.entrySet()) {
            assertThatThrownBy(() -> BoxDecoding.parse(entry.getKey()))
                    .as(entry.getKey())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(entry.getValue());
        }
    }

    @Test
    void graphs_that_do_not_fit_their_description_are_refused() throws IOException {
        var forms = Map.of(
                new BoxForm.Dense(
                        "corners",
                        "scores",
                        BoxForm.Coordinates.CORNERS,
                        false,
                        false,
                        BoxForm.Dense.Share.PICTURE,
                        List.of()),
                "'corners'",
                new BoxForm.Dense(
                        "scores",
                        "boxes",
                        BoxForm.Coordinates.CORNERS,
                        false,
                        false,
                        BoxForm.Dense.Share.PICTURE,
                        List.of()),
                "expected 4",
                BoxForm.Chosen.ofRows(),
                "'scores'",
                new BoxForm.Yolox(Optional.of("scores"), List.of(8)),
                "'scores'");
        for (var entry : forms.entrySet()) {
            var file = tiny("n", entry.getKey(), BoxSelection.USUAL);
            assertThatThrownBy(() -> Detector.load(file))
                    .as("%s", entry.getKey())
                    .isInstanceOf(ModelException.class)
                    .hasMessageContaining("tiny.onnx")
                    .hasMessageContaining(entry.getValue());
        }
        var closed = Detector.load(tiny());
        closed.close();
        assertThatThrownBy(() -> closed.detect(red(2, 2))).hasMessageContaining("closed");
        assertThatThrownBy(() -> Classifier.load(tiny())).hasMessageContaining("'detect'");
        try (var network = Network.load(tiny(), RuntimeOptions.DEFAULT)) {
            assertThat(network).isInstanceOf(Detector.class);
        }
    }

    @Test
    void what_a_file_is_for_is_known_without_loading_it() throws IOException {
        var file = tiny();
        assertThat(Network.taskOf(file)).isEqualTo("detect");
        var whole = Files.readAllBytes(file);
        for (int length : new int[] {0, 1, 7, whole.length / 2}) {
            var broken = Files.write(folder.resolve("broken.onnx"), Arrays.copyOf(whole, length));
            assertThat(Network.taskOf(broken)).as("%d bytes", length).isEqualTo("classify");
        }
        var foreign = TinyDetector.dense(1, 64, BOXES, WEIGHTS).write(folder.resolve("foreign.onnx"));
        assertThat(Network.taskOf(foreign)).isEqualTo("classify");
        Files.writeString(folder.resolve("foreign.yaml"), "task: detect\n");
        assertThat(Network.taskOf(foreign)).isEqualTo("detect");
    }

    private static float[] scores(Detections found) {
        float[] scores = new float[found.size()];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = Math.round(found.items().get(i).score() * 1000) / 1000f;
        }
        return Arrays.copyOf(scores, scores.length);
    }
}
