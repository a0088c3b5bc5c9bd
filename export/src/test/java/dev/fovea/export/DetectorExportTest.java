package dev.fovea.export;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.fovea.export.lower.CannotExportException;
import dev.fovea.models.Architecture;
import dev.fovea.models.ModelSpec;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.FoundBoxes;
import dev.fovea.models.detect.Pictures;
import dev.fovea.models.detect.Preparation;
import dev.fovea.models.verify.GoldenFill;
import dev.fovea.tensor.Grad;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Image;
import dev.fovea.vision.Size;
import dev.fovea.vision.transform.Preprocessing;
import dev.fovea.vision.transform.ResizePolicy;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Networks that find objects leave as files that compute what they compute, in both forms. */
class DetectorExportTest {
    /** What makes networks small without changing what they are made of. */
    private static final Map<String, Object> SMALLER = smaller();

    private static Map<String, Object> smaller() {
        var smaller = new LinkedHashMap<String, Object>();
        smaller.put("classes", 3);
        smaller.put("enc_layers", 1);
        smaller.put("dec_layers", 2);
        smaller.put("layers", 2);
        smaller.put("num_queries", 12);
        smaller.put("dim_feedforward", 64);
        smaller.put("min_size", 96);
        smaller.put("max_size", 128);
        smaller.put("image_size", 96);
        smaller.put("rpn_pre_nms_top_n_test", 60);
        smaller.put("rpn_post_nms_top_n_test", 40);
        return smaller;
    }

    private static final long HUGE = 100_000_000;

    private static final Set<String> ALIKE = Set.of(
            "ssd300_vgg16",
            "ssdlite",
            "fasterrcnn",
            "retinanet",
            "fcos",
            "rcnn_alexnet",
            "fastrcnn_vgg16",
            "yolov1",
            "yolov1_fast",
            "yolov3",
            "fasterrcnn_resnet50_fpn",
            "fasterrcnn_resnet50_fpn_v2",
            "retinanet_resnet50_fpn_v2",
            "deformable_detr_r50",
            "deformable_detr_r50_refine");

    @TempDir
    Path folder;

    private static ModelSpec small(Architecture<?> architecture) {
        var spec = ModelSpec.of(architecture.name());
        for (var option : architecture.options()) {
            if (SMALLER.containsKey(option.name())) {
                spec = spec.with(option.name(), SMALLER.get(option.name()));
            }
            if (option.name().equals("backbone") && !architecture.name().contains("mobilenet")) {
                spec = spec.with("backbone", "resnet18");
            }
        }
        return spec;
    }

    /** One network of each family: the smallest of those of one kind. */
    private static Stream<ModelSpec> networks() {
        var chosen = new LinkedHashMap<String, ModelSpec>();
        Set<String> sizes = Set.of("yolox_tiny", "yolox_s", "yolox_m", "yolox_l", "rtdetr_r34vd", "rtdetr_r50vd");
        for (var architecture : Models.detectors()) {
            var spec = small(architecture);
            boolean another = sizes.contains(architecture.name())
                    || architecture.name().matches("rtdetrv2_r(34|50)vd|detr_resnet101|.*_320_fpn");
            if (!another && architecture.parameters() < HUGE) {
                chosen.put(architecture.name(), spec);
            }
        }
        return chosen.values().stream();
    }

    private static Detector<?> filled(ModelSpec spec) {
        var network = Models.buildDetector(spec);
        if (!network.hasPlaces()) {
            return network;
        }
        // Small weights keep values small, so that rounding stays far from the choices.
        new GoldenFill(
                        "export/" + spec.name() + "/",
                        spec.name().matches(".*mobilenet.*") ? 0.8 : spec.name().startsWith("yolox") ? 0.5 : 0.6)
                .fill(network);
        network.eval();
        return network;
    }

    @TestFactory
    Stream<DynamicTest> boxes_and_scores_of_all_places_are_the_networks() {
        return networks()
                .filter(spec -> !spec.name().startsWith("fasterrcnn"))
                .map(spec -> DynamicTest.dynamicTest(spec.name(), () -> export(spec, false)));
    }

    @TestFactory
    Stream<DynamicTest> what_a_graph_chooses_is_what_the_network_finds() {
        return networks().map(spec -> DynamicTest.dynamicTest(spec.name(), () -> export(spec, true)));
    }

    @Test
    void a_network_that_was_never_trained_and_scores_everything_alike_is_exported() throws Exception {
        try (var network = Models.buildDetector(ModelSpec.parse("yolox_nano(classes=3, image_size=64)"))) {
            network.eval();
            var report = DetectorExport.export(
                    network,
                    DetectorForm.dense(network),
                    Map.of(),
                    ExportOptions.STANDARD,
                    folder.resolve("fresh.onnx"));
            assertThat(report.deviation().relative()).isLessThan(1e-4);
        }
    }

    private void export(ModelSpec spec, boolean chooses) throws Exception {
        assumeTrue(
                !ALIKE.contains(spec.name())
                        || System.getProperty("fovea.export", "").equals("all"),
                "made of the same parts as another; -Dfovea.export=all exports it too");
        try (var network = filled(spec)) {
            if (!network.hasPlaces()) {
                assertThatThrownBy(() -> DetectorExport.export(
                                network, DetectorForm.choosing(network), Map.of(), ExportOptions.STANDARD, folder))
                        .isInstanceOf(CannotExportException.class)
                        .hasMessageContaining(spec.name());
                return;
            }
            var form = chooses ? DetectorForm.choosing(network) : DetectorForm.dense(network);
            // All that noise gives: a limit would cut between scores that lie close together.
            form = form.withSelection(form.selection()
                    .withLeastScore(Math.min(0.1, form.selection().leastScore()))
                    .withMost(3000));
            if (network.preparation().rule() instanceof Preparation.WithinSides) {
                form = form.withSize(new Size(96, 128));
            }
            var file = folder.resolve(spec.name() + ".onnx");
            var options = ExportOptions.STANDARD.batchSizes(List.of(1, 3));
            var metadata = DetectorMetadata.of(network, List.of("cup", "fork", "spoon"), form);
            var report = DetectorExport.export(network, form, metadata.toMap(), options, file);
            assertThat(report.deviation().relative()).isLessThan(1e-4);
            requireRuntime(network, form, metadata.preprocessing().orElseThrow(), file);
            if (chooses) {
                try (var session = Session.open(file)) {
                    requireOwnDecoders(network, form, session);
                }
            }
        }
    }

    /** On pictures of two sizes, in a frame with padding where the network pads. */
    private static void requireOwnDecoders(Detector<?> network, DetectorForm form, Session session) {
        try (var scope = Scope.open();
                var mode = Grad.off()) {
            var image = Samples.image(5, 2, 3, form.size().height(), form.size().width());
            var sizes = List.of(form.size(), form.size());
            var graph = session.run(Map.of("input", image));
            var found = network.detect(new Pictures(image, sizes), form.selection());
            for (int i = 0; i < found.size(); i++) {
                requireSame(found.get(i), graph, i);
            }
        }
    }

    /** The runtime finds in a picture of another shape what the network's own decoder finds in the prepared picture. */
    private static void requireRuntime(Detector<?> network, DetectorForm form, Preprocessing preprocessing, Path file)
            throws Exception {
        var image = noise(140, 90);
        var warp = preprocessing.resize().warp(image.size());
        var inner = preprocessing.resize() instanceof ResizePolicy.Stretch
                ? form.size()
                : new Size((int) (90 * warp.e() + 1e-6), (int) (140 * warp.a() + 1e-6));
        var values = FloatBuffer.allocate((int) (3 * form.size().area()));
        preprocessing.apply(image, values, 0);
        try (var scope = Scope.open();
                var mode = Grad.off();
                var detector = dev.fovea.runtime.Detector.load(file)) {
            var pixels = Tensor.of(
                    values.array(), 1, 3, form.size().height(), form.size().width());
            var own = network.detect(new Pictures(pixels, List.of(inner)), form.selection())
                    .get(0);
            var found = detector.detect(image).items();
            var boxes = own.boxes().toFloatArray();
            var scores = own.scores().toFloatArray();
            var labels = own.labels().toLongArray();
            long withArea = IntStream.range(0, scores.length)
                    .filter(k -> boxes[4 * k + 2] > boxes[4 * k] && boxes[4 * k + 3] > boxes[4 * k + 1])
                    .count();
            assertThat(withArea).isEqualTo(found.size()).isPositive();
            var taken = new HashSet<Integer>();
            for (var object : found) {
                int partner = -1;
                for (int k = 0; k < scores.length && partner < 0; k++) {
                    var box = object.box();
                    boolean same = object.label().index() == labels[k]
                            && Math.abs(object.score() - scores[k]) < 1e-4
                            && Math.abs(box.x1() - boxes[4 * k] / warp.a()) < 0.2
                            && Math.abs(box.y1() - boxes[4 * k + 1] / warp.e()) < 0.2
                            // The network cuts boxes at the last whole pixel of the prepared picture.
                            && Math.abs(Math.min(box.x2(), inner.width() / warp.a()) - boxes[4 * k + 2] / warp.a())
                                    < 0.2
                            && Math.abs(Math.min(box.y2(), inner.height() / warp.e()) - boxes[4 * k + 3] / warp.e())
                                    < 0.2;
                    partner = same && taken.add(k) ? k : -1;
                }
                assertThat(partner).as("partner of %s", object).isNotNegative();
            }
        }
    }

    private static Image noise(int width, int height) {
        var pixels = new byte[width * height * 3];
        new Random(3).nextBytes(pixels);
        return Image.wrap(width, height, 3, pixels);
    }

    private static void requireSame(FoundBoxes found, Map<String, Tensor> graph, int picture) {
        int count = (int) graph.get(DetectorExport.COUNT).toLongArray()[picture];
        assertThat(count).isEqualTo(found.count());
        assertThat(count).as("objects in noise").isPositive();
        var boxes = graph.get(DetectorExport.BOXES).select(0, picture).toFloatArray();
        var scores = graph.get(DetectorExport.SCORES).select(0, picture).toFloatArray();
        var labels = graph.get(DetectorExport.LABELS).select(0, picture).toLongArray();
        var ownBoxes = found.boxes().toFloatArray();
        var ownScores = found.scores().toFloatArray();
        var ownLabels = found.labels().toLongArray();
        var taken = new HashSet<Integer>();
        for (int i = 0; i < count; i++) {
            int partner = -1;
            for (int k = 0; k < count && partner < 0; k++) {
                boolean same = labels[i] == ownLabels[k] && Math.abs(scores[i] - ownScores[k]) < 1e-4;
                for (int c = 0; c < 4 && same; c++) {
                    same = Math.abs(boxes[4 * i + c] - ownBoxes[4 * k + c]) < 0.05;
                }
                partner = same && taken.add(k) ? k : -1;
            }
            assertThat(partner)
                    .as("partner of object %d of picture %d", i, picture)
                    .isNotNegative();
        }
        for (int i = count; i < labels.length; i++) {
            assertThat(labels[i]).isEqualTo(-1);
            assertThat(scores[i]).isZero();
        }
    }
}
