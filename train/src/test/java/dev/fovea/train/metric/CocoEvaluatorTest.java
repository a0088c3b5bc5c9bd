package dev.fovea.train.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.fovea.train.metric.CocoFiles.Kind;
import dev.fovea.vision.Rle;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against numbers that the COCO tools computed. */
class CocoEvaluatorTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Offset<Double> EXACT = within(1e-9);

    private static JsonNode golden(String name) throws IOException {
        try (var in = CocoEvaluatorTest.class.getResourceAsStream("/golden/" + name + ".json")) {
            return JSON.readTree(in);
        }
    }

    @ParameterizedTest
    @CsvSource({"coco_bbox, BOXES", "coco_segm, MASKS", "coco_keypoints, KEYPOINTS"})
    void every_number_equals_the_reference(String name, Kind kind) throws IOException {
        JsonNode golden = golden(name);
        var evaluated = CocoFiles.evaluate(golden.get("ground_truth"), golden.get("detections"), kind, true);
        assertSummary(evaluated.result(), golden.get("stats"), EXACT);
        List<Integer> ids = new ArrayList<>();
        golden.get("ground_truth")
                .get("categories")
                .forEach(c -> ids.add(c.get("id").asInt()));
        ids.sort(null);
        for (int k = 0; k < ids.size(); k++) {
            JsonNode expected = golden.get("per_category").path(Integer.toString(ids.get(k)));
            assertThat(evaluated.result().classAp(k))
                    .isCloseTo(expected.get("AP").asDouble(), EXACT);
            assertThat(evaluated.result().classAp(k, 0.5))
                    .isCloseTo(expected.get("AP50").asDouble(), EXACT);
        }
        var blind = CocoFiles.evaluate(golden.get("ground_truth"), golden.get("detections"), kind, false);
        if (kind != Kind.KEYPOINTS) { // the stored zeros there come of a tool that finds nothing without classes
            assertSummary(blind.result(), golden.get("stats_useCats0"), EXACT);
        }
    }

    @Test
    void recall_at_each_overlap_equals_the_reference() throws IOException {
        JsonNode golden = golden("coco_bbox");
        var result = CocoFiles.evaluate(golden.get("ground_truth"), golden.get("detections"), Kind.BOXES, true)
                .result();
        JsonNode expected = golden.get("per_category").get("2").get("recall_at_each_iou_maxdets_last");
        double mean = 0;
        for (JsonNode each : expected) {
            mean += each.asDouble() / expected.size();
        }
        assertThat(result.classAr(1)).isCloseTo(mean, within(1e-8));
    }

    private static void assertSummary(CocoResult result, JsonNode expected, Offset<Double> tolerance) {
        Map<String, Double> summary = result.summary();
        for (Iterator<String> names = expected.fieldNames(); names.hasNext(); ) {
            String name = names.next();
            if (!name.equals("source")) {
                assertThat(summary).containsKey(name);
                assertThat(summary.get(name))
                        .as(name)
                        .isCloseTo(expected.get(name).asDouble(), tolerance);
            }
        }
    }

    @Test
    void masks_and_their_overlaps_equal_the_reference() throws IOException {
        JsonNode golden = golden("coco_segm");
        var size = new Size(200, 240);
        List<Rle> masks = new ArrayList<>();
        for (JsonNode check : golden.get("mask_checks")) {
            Rle mask = Rle.parse(
                    sizeOf(golden, check.get("id").asInt()),
                    check.get("rle_string").asText());
            assertThat(mask.area()).isEqualTo(check.get("area").asLong());
            assertThat(mask.bounds().x1())
                    .isEqualTo((float) check.get("bbox").get(0).asDouble());
            assertThat(mask.bounds().y1())
                    .isEqualTo((float) check.get("bbox").get(1).asDouble());
            assertThat(mask.bounds().width())
                    .isEqualTo((float) check.get("bbox").get(2).asDouble());
            assertThat(mask.bounds().height())
                    .isEqualTo((float) check.get("bbox").get(3).asDouble());
            int[] counts = new int[check.get("uncompressed_counts_column_major").size()];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = check.get("uncompressed_counts_column_major").get(i).asInt();
            }
            assertThat(mask.counts()).isEqualTo(counts);
            assertThat(mask.toString()).isEqualTo(check.get("rle_string").asText());
            masks.add(mask);
        }
        JsonNode annotations = golden.get("ground_truth").get("annotations");
        for (int i = 0; i < annotations.size(); i++) {
            JsonNode polygons = annotations.get(i).get("segmentation");
            if (polygons.isArray()) {
                List<double[]> points = new ArrayList<>();
                polygons.forEach(p -> {
                    double[] each = new double[p.size()];
                    for (int k = 0; k < each.length; k++) {
                        each[k] = p.get(k).asDouble();
                    }
                    points.add(each);
                });
                assertThat(Rle.ofPolygons(masks.get(i).size(), points)).isEqualTo(masks.get(i));
            }
        }
        JsonNode iou = golden.get("iou_check").get("iou");
        JsonNode crowd = golden.get("iou_check").get("iou_all_crowd");
        for (int d = 0; d < iou.size(); d++) {
            Rle found = Rle.parse(
                    size,
                    golden.get("detections")
                            .get(d)
                            .get("segmentation")
                            .get("counts")
                            .asText());
            for (int g = 0; g < iou.get(d).size(); g++) {
                Rle there = masks.get(g);
                assertThat(found.iou(there)).isCloseTo(iou.get(d).get(g).asDouble(), EXACT);
                assertThat(Overlap.masks().of(found, new Truth<>(0, there, 1, true, false)))
                        .isCloseTo(crowd.get(d).get(g).asDouble(), EXACT);
            }
        }
    }

    private static Size sizeOf(JsonNode golden, int annotation) {
        for (JsonNode each : golden.get("ground_truth").get("annotations")) {
            if (each.get("id").asInt() == annotation) {
                for (JsonNode image : golden.get("ground_truth").get("images")) {
                    if (image.get("id").equals(each.get("image_id"))) {
                        return new Size(
                                image.get("height").asInt(), image.get("width").asInt());
                    }
                }
            }
        }
        throw new AssertionError("no annotation " + annotation);
    }

    @Test
    void a_hundred_real_pictures_equal_the_reference() throws IOException {
        Path folder = SharedFiles.data("coco_eval");
        var evaluated = CocoFiles.read(
                folder.resolve("gt_val2014_100.json"), folder.resolve("det_val2014_100_bbox.json"), Kind.BOXES);
        assertSummary(
                evaluated.result(),
                JSON.readTree(folder.resolve("expected_val2014_100.json").toFile()),
                within(1e-6));
    }

    @Test
    void pictures_added_in_two_evaluations_and_merged_give_the_numbers_of_one() {
        var random = new Random(5);
        var whole = CocoEvaluator.boxes(3);
        var first = CocoEvaluator.boxes(3);
        var second = CocoEvaluator.boxes(3);
        for (int i = 0; i < 12; i++) {
            List<Truth<Rect>> there = new ArrayList<>();
            List<Scored<Rect>> found = new ArrayList<>();
            for (int o = 0; o < 6; o++) {
                var rect = new Rect(random.nextInt(50), random.nextInt(50), 1 + random.nextInt(90), 20);
                there.add(new Truth<>(random.nextInt(3), rect, rect.area(), o == 5, false));
                var near = new Rect(rect.x() + random.nextInt(9), rect.y(), rect.width(), rect.height());
                found.add(new Scored<>(there.get(o).category(), random.nextDouble(), near, near.area()));
            }
            whole.add(there, found);
            (i < 7 ? first : second).add(there, found);
        }
        first.merge(second);
        assertThat(first.compute().summary()).isEqualTo(whole.compute().summary());
        assertThat(first.pictures()).isEqualTo(12);
        assertThat(whole.compute().ap()).isBetween(0.05, 0.99);
    }

    @Test
    void nothing_there_says_nothing_and_nothing_found_is_zero() {
        var empty = CocoEvaluator.boxes(2);
        empty.add(List.of(), List.of(new Scored<>(0, 0.9, new Rect(0, 0, 5, 5), 25)));
        assertThat(empty.compute().ap()).isEqualTo(CocoResult.NONE);
        empty.add(List.of(new Truth<>(1, new Rect(0, 0, 50, 50), 2500, false, false)), List.of());
        assertThat(empty.compute().ap()).isZero();
        assertThat(empty.compute().classAp(0)).isEqualTo(CocoResult.NONE);
        assertThat(empty.compute().ap("small")).isEqualTo(CocoResult.NONE);
    }

    @Test
    void files_that_do_not_belong_together_are_refused(@TempDir Path folder) throws IOException {
        ObjectNode truth = (ObjectNode) golden("coco_bbox").get("ground_truth");
        Path there = Files.writeString(folder.resolve("truth.json"), truth.toString());
        Path other = Files.writeString(
                folder.resolve("other.json"), "[{\"image_id\":99,\"category_id\":1,\"bbox\":[1,2,3,4],\"score\":1}]");
        assertThatThrownBy(() -> CocoFiles.read(there, other, Kind.BOXES)).hasMessageContaining("image_id 99");
        Path broken = Files.writeString(folder.resolve("broken.json"), "[{\"image_id\":");
        assertThatThrownBy(() -> CocoFiles.read(there, broken, Kind.BOXES)).hasMessageContaining("broken.json");
        Path short4 = Files.writeString(
                folder.resolve("short.json"), "[{\"image_id\":1,\"category_id\":1,\"bbox\":[1,2],\"score\":1}]");
        assertThatThrownBy(() -> CocoFiles.read(there, short4, Kind.BOXES)).hasMessageContaining("4 numbers");
    }
}
