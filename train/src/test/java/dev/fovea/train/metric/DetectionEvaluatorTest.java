package dev.fovea.train.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.vision.Box;
import dev.fovea.vision.Detection;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

class DetectionEvaluatorTest {
    private static final Label CAT = new Label(0, "cat");
    private static final Label DOG = new Label(1, "dog");
    private static final Box HERE = new Box(10, 10, 50, 50);
    private static final Box THERE = new Box(100, 100, 140, 140);

    private static Instance object(Label label, Box box) {
        return Instance.of(label, box);
    }

    private static Detection find(Label label, double score, Box box) {
        return new Detection(label, (float) score, box);
    }

    @Test
    void both_voc_averages_equal_the_stored_ones() throws IOException {
        try (var zip = new ZipFile(SharedFiles.data("coco_eval/voc_ap_case.zip").toFile())) {
            JsonNode expected = new ObjectMapper().readTree(zip.getInputStream(zip.getEntry("expected.json")));
            for (var names = expected.get("AP_11_point").fieldNames(); names.hasNext(); ) {
                String threshold = names.next();
                var voc = new VocEvaluator(1, Double.parseDouble(threshold));
                for (int i = 1; i <= 7; i++) {
                    List<Instance> there = new ArrayList<>();
                    for (String[] line : lines(zip, "gts/0000" + i + ".txt")) {
                        there.add(object(CAT, box(line, 1)));
                    }
                    List<Detection> found = new ArrayList<>();
                    for (String[] line : lines(zip, "dets/0000" + i + ".txt")) {
                        found.add(find(CAT, Double.parseDouble(line[1]), box(line, 2)));
                    }
                    voc.add(there, found);
                }
                assertThat(voc.curve(0).elevenPoint())
                        .isCloseTo(expected.get("AP_11_point").get(threshold).asDouble(), within(1e-9));
                assertThat(voc.curve(0).everyPoint())
                        .isCloseTo(expected.get("AP_every_point").get(threshold).asDouble(), within(1e-9));
            }
        }
    }

    private static List<String[]> lines(ZipFile zip, String name) throws IOException {
        return new String(zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8)
                .lines()
                .filter(l -> !l.isBlank())
                .map(l -> l.strip().split("\\s+"))
                .toList();
    }

    /** VOC boxes name their last pixels, so they end one pixel further. */
    private static Box box(String[] line, int from) {
        return Box.ofCorner(
                Float.parseFloat(line[from]),
                Float.parseFloat(line[from + 1]),
                Float.parseFloat(line[from + 2]) + 1,
                Float.parseFloat(line[from + 3]) + 1);
    }

    @Test
    void voc_averages_by_hand() {
        // two objects; finds: right, wrong, right
        var voc = new VocEvaluator(1, 0.5);
        voc.add(
                List.of(object(CAT, HERE), object(CAT, THERE)),
                List.of(find(CAT, 0.9, HERE), find(CAT, 0.8, new Box(300, 300, 310, 310)), find(CAT, 0.7, THERE)));
        var curve = voc.curve(0);
        assertThat(curve.points()).extracting(PrecisionRecall.Point::recall).containsExactly(0.5, 0.5, 1.0);
        assertThat(curve.everyPoint()).isCloseTo(0.5 + 0.5 * 2 / 3, within(1e-12));
        assertThat(curve.elevenPoint()).isCloseTo((6 + 5 * 2 / 3.0) / 11, within(1e-12));
        assertThat(curve.bestThreshold()).isCloseTo(0.7, within(1e-6));
    }

    @Test
    void difficult_objects_and_crowds_neither_help_nor_harm() {
        var voc = new VocEvaluator(1, 0.5);
        voc.add(
                List.of(object(CAT, HERE), object(CAT, THERE).withDifficult(true)),
                List.of(find(CAT, 0.9, THERE), find(CAT, 0.8, HERE)));
        assertThat(voc.curve(0).truths()).isEqualTo(1);
        assertThat(voc.curve(0).everyPoint()).isEqualTo(1);

        var all = new DetectionEvaluator(1);
        all.add(
                List.of(
                        object(CAT, HERE),
                        object(CAT, new Box(90, 90, 190, 190)).withCrowd(true)),
                List.of(find(CAT, 0.9, THERE), find(CAT, 0.8, HERE)));
        var report = all.compute();
        assertThat(report.coco().ap()).isEqualTo(1, within(1e-9));
        assertThat(report.errors().errors()).isZero();
        assertThat(report.confusion().total()).isEqualTo(1);
    }

    @Test
    void every_kind_of_error_is_told_apart() {
        var evaluator = new DetectionEvaluator(2, 0.3);
        Box third = new Box(200, 10, 240, 50);
        DetectionErrors errors = evaluator.add(
                List.of(
                        object(CAT, HERE),
                        object(DOG, THERE),
                        object(CAT, third),
                        object(DOG, new Box(200, 200, 220, 220))),
                List.of(
                        find(CAT, 0.9, HERE), // right
                        find(CAT, 0.8, new Box(11, 10, 50, 50)), // duplicate
                        find(CAT, 0.7, THERE), // wrong class
                        find(CAT, 0.6, new Box(200, 10, 215, 50)), // badly placed, IoU 0.375
                        find(DOG, 0.5, new Box(300, 300, 320, 320)), // background
                        find(DOG, 0.1, new Box(200, 200, 220, 220)))); // too unsure, so the last dog is missed
        assertThat(errors).isEqualTo(new DetectionErrors(4, 1, 1, 1, 1, 1, 1));
        assertThat(errors.errors()).isEqualTo(5);
        ConfusionMatrix confusion = evaluator.compute().confusion();
        assertThat(confusion.count(0, 0)).isEqualTo(1);
        assertThat(confusion.count(1, 0)).isEqualTo(1);
        assertThat(confusion.count(0, 2)).as("cats nobody found").isEqualTo(1);
        assertThat(confusion.count(1, 2)).isEqualTo(1);
        assertThat(confusion.count(2, 0)).as("cats where none are").isEqualTo(2);
        assertThat(confusion.count(2, 1)).isEqualTo(1);
    }

    @Test
    void pictures_without_objects_count_only_what_is_found_in_them() {
        var evaluator = new DetectionEvaluator(2);
        assertThat(evaluator.add(List.of(), List.of())).isEqualTo(DetectionErrors.NONE);
        assertThat(evaluator.compute().map50()).isEqualTo(CocoResult.NONE);
        evaluator.add(List.of(object(CAT, HERE)), List.of(find(CAT, 0.9, HERE)));
        assertThat(evaluator.compute().map50()).isEqualTo(1);
        assertThat(evaluator.add(List.of(), List.of(find(CAT, 0.95, HERE))).background())
                .isEqualTo(1);
        assertThat(evaluator.compute().map50()).isEqualTo(0.5);
        assertThat(evaluator.compute().pictures()).isEqualTo(3);
    }

    @Test
    void merged_parts_equal_the_whole() {
        var whole = new DetectionEvaluator(2);
        var first = new DetectionEvaluator(2);
        var second = new DetectionEvaluator(2);
        var there = List.of(object(CAT, HERE), object(DOG, THERE));
        var found = List.of(find(CAT, 0.6, HERE), find(CAT, 0.5, THERE));
        for (var each : List.of(whole, first)) {
            each.add(there, found);
        }
        for (var each : List.of(whole, second)) {
            each.add(there, List.of(find(DOG, 0.4, THERE)));
        }
        first.merge(second);
        var a = first.compute();
        var b = whole.compute();
        assertThat(a.coco().summary()).isEqualTo(b.coco().summary());
        assertThat(a.curves()).isEqualTo(b.curves());
        assertThat(a.errors()).isEqualTo(b.errors());
        assertThat(a.confusion().count(1, 0)).isEqualTo(b.confusion().count(1, 0));
    }
}
