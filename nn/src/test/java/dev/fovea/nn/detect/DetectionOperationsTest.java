package dev.fovea.nn.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.fovea.nn.loss.FocalLoss;
import dev.fovea.tensor.DType;
import dev.fovea.tensor.GradCheck;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Tensor;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations on boxes and regions against the reference (torchvision 0.14.1). */
class DetectionOperationsTest {
    private static final JsonNode CASES = read();

    private final Scope scope = Scope.open();

    @AfterEach
    void free() {
        scope.close();
    }

    // --- reading ---------------------------------------------------------------------------------------------------

    private static JsonNode read() {
        try (var in = DetectionOperationsTest.class.getResourceAsStream("golden-detection-ops.json")) {
            return new ObjectMapper().readTree(in);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void collect(JsonNode node, List<Double> into) {
        if (node.isArray()) {
            node.forEach(n -> collect(n, into));
        } else {
            into.add(node.isTextual() ? Double.parseDouble(node.asText()) : node.asDouble());
        }
    }

    private static float[] floats(JsonNode node) {
        var list = new ArrayList<Double>();
        collect(node, list);
        var values = new float[list.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = list.get(i).floatValue();
        }
        return values;
    }

    private static long[] longs(JsonNode node) {
        var list = new ArrayList<Double>();
        collect(node, list);
        return list.stream().mapToLong(Double::longValue).toArray();
    }

    private static Tensor rows(JsonNode node) {
        var values = floats(node);
        return Tensor.of(values, node.size(), values.length / node.size());
    }

    private static Tensor row(JsonNode node) {
        return Tensor.of(floats(node), node.size());
    }

    /** The input that both sides make of a name: splitmix64 from the FNV-1a hash of the name, -1 to 1. */
    private static Tensor input(String name, long... shape) {
        long x = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            x = (x ^ (b & 0xff)) * 0x100000001b3L;
        }
        int count = 1;
        for (long d : shape) {
            count *= (int) d;
        }
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            long z = x + i + 0x9E3779B97F4A7C15L;
            z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
            z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
            z = z ^ (z >>> 31);
            values[i] = (float) (2.0 * ((z >>> 40) / (double) (1 << 24)) - 1.0);
        }
        return Tensor.of(values, shape);
    }

    private static void assertClose(JsonNode expected, Tensor actual, double tolerance) {
        var wanted = floats(expected);
        var values = actual.toFloatArray();
        assertThat(values).hasSameSizeAs(wanted);
        for (int i = 0; i < wanted.length; i++) {
            assertThat((double) values[i])
                    .as("value %d", i)
                    .isCloseTo(wanted[i], within(tolerance * Math.max(1, Math.abs(wanted[i]))));
        }
    }

    // --- boxes -----------------------------------------------------------------------------------------------------

    @Test
    void forms_of_boxes_lead_to_each_other() {
        var c = CASES.get("box_convert");
        var corners = rows(c.get("xyxy"));
        assertClose(c.get("xywh"), Boxes.cornersToSizes(corners), 1e-6);
        assertClose(c.get("cxcywh"), Boxes.cornersToCenters(corners), 1e-6);
        assertClose(c.get("xyxy"), Boxes.sizesToCorners(rows(c.get("xywh"))), 1e-6);
        assertClose(c.get("xyxy"), Boxes.centersToCorners(rows(c.get("cxcywh"))), 1e-6);
    }

    @Test
    void boxes_are_clipped_filtered_and_put_around_masks() {
        var c = CASES.get("clip_boxes_to_image");
        var size = longs(c.get("size_hw"));
        assertClose(c.get("output"), Boxes.clipped(rows(c.get("boxes")), (double) size[0], (double) size[1]), 0);
        var small = CASES.get("remove_small_boxes");
        assertThat(Boxes.atLeast(rows(small.get("boxes")), small.get("min_size").asDouble())
                        .toLongArray())
                .containsExactly(longs(small.get("keep")));
        var masks = new float[2 * 9 * 11];
        for (int y = 2; y <= 4; y++) {
            for (int x = 3; x <= 7; x++) {
                masks[y * 11 + x] = 1;
            }
        }
        masks[99 + 7 * 11 + 10] = 1;
        assertClose(CASES.get("masks_to_boxes").get("output"), Boxes.around(Tensor.of(masks, 2, 9, 11)), 0);
    }

    @Test
    void overlaps_of_all_pairs() {
        Map<String, BiFunction<Tensor, Tensor, Tensor>> measures = Map.of(
                "box_iou", Boxes::iou,
                "generalized_box_iou", Boxes::generalizedIou,
                "distance_box_iou", Boxes::distanceIou,
                "complete_box_iou", Boxes::completeIou);
        measures.forEach((name, measure) -> {
            var c = CASES.get(name);
            assertClose(c.get("output"), measure.apply(rows(c.get("boxes1")), rows(c.get("boxes2"))), 2e-6);
        });
    }

    @Test
    void losses_of_overlap_and_their_gradients() {
        Map<String, BiFunction<Tensor, Tensor, Tensor>> losses = Map.of(
                "generalized_box_iou_loss", Boxes::generalizedIouLoss,
                "distance_box_iou_loss", Boxes::distanceIouLoss,
                "complete_box_iou_loss", Boxes::completeIouLoss);
        losses.forEach((name, loss) -> {
            var c = CASES.get(name);
            var boxes = rows(c.get("boxes1"));
            assertClose(c.get("output"), loss.apply(boxes, rows(c.get("boxes2"))), 2e-6);
            var moving = boxes.copy().requiresGrad(true);
            loss.apply(moving, boxes.add(1.5)).sum().backward();
            assertThat(moving.grad().orElseThrow().isfinite().all().itemLong())
                    .as(name)
                    .isOne();
        });
        var empty = Tensor.of(new float[4], 1, 4);
        assertThat(Boxes.generalizedIouLoss(empty, empty).item()).isFinite();
    }

    @Test
    void focal_loss_of_independent_classes() {
        var c = CASES.get("sigmoid_focal_loss");
        var logits = rows(c.get("logits"));
        var targets = rows(c.get("targets"));
        var loss = FocalLoss.sigmoid();
        assertClose(c.get("none"), loss.reduction(Tensor.Reduction.NONE).compute(logits, targets), 1e-5);
        assertThat(loss.compute(logits, targets).item()).isCloseTo(c.get("mean").asDouble(), within(1e-5));
        assertThat(loss.alpha(-1)
                        .gamma(3)
                        .reduction(Tensor.Reduction.SUM)
                        .compute(logits, targets)
                        .item())
                .isCloseTo(c.get("sum_alpha_neg1_gamma3").asDouble(), within(1e-4));
    }

    // --- coding and matching ---------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"box_coder_1", "box_coder_10"})
    void boxes_are_coded_against_references(String name) {
        var c = CASES.get(name);
        var w = floats(c.get("weights"));
        var coder = new BoxCoder(w[0], w[1], w[2], w[3]);
        var proposals = rows(c.get("proposals"));
        var encoded = coder.encode(rows(c.get("reference_boxes")), proposals);
        assertClose(c.get("encoded"), encoded, 2e-6);
        assertClose(c.get("decoded_back"), coder.decode(encoded, proposals), 1e-6);
        var many = rows(c.get("deltas")).reshape(proposals.dim(0), -1, 4);
        assertClose(c.get("decoded_deltas"), coder.decode(many, proposals.unsqueeze(1)), 2e-6);
    }

    @Test
    void boxes_are_coded_as_distances_to_their_sides() {
        var c = CASES.get("box_linear_coder");
        var coder = new LinearBoxCoder(true);
        var proposals = rows(c.get("proposals"));
        var references = rows(c.get("reference_boxes"));
        var encoded = coder.encode(proposals, references);
        assertClose(c.get("encoded"), encoded, 2e-6);
        assertClose(c.get("proposals"), coder.decode(encoded, references), 2e-6);
        assertClose(c.get("decoded_back"), coder.decode(encoded, proposals), 2e-6);
    }

    @ParameterizedTest
    @ValueSource(strings = {"matcher_lowq0", "matcher_lowq1"})
    void anchors_are_matched_with_objects(String name) {
        var c = CASES.get(name);
        var best = c.get("allow_low_quality_matches").asBoolean()
                ? BoxMatcher.Best.LOW_QUALITY
                : BoxMatcher.Best.NO_MATTER;
        var matches = new BoxMatcher(0.5, 0.3, best).match(rows(c.get("gt_boxes")), rows(c.get("boxes")));
        assertThat(matches.toLongArray()).containsExactly(longs(c.get("matched")));
    }

    @Test
    void without_objects_all_is_background_and_with_each_object_none_is_left_out() {
        var anchors = Tensor.of(new float[] {0, 0, 10, 10, 20, 20, 30, 30, 100, 100, 110, 110}, 3, 4);
        var matcher = new BoxMatcher(0.5, 0.5, BoxMatcher.Best.EACH_OBJECT);
        assertThat(matcher.match(Tensor.zeros(0, 4), anchors).toLongArray()).containsExactly(-1, -1, -1);
        var objects = Tensor.of(new float[] {0, 0, 10, 9, 22, 28, 40, 44}, 2, 4);
        assertThat(matcher.match(objects, anchors).toLongArray()).containsExactly(0, 1, -1);
    }

    @ParameterizedTest
    @EnumSource
    void a_crowd_is_matched_part_by_part_as_at_once(BoxMatcher.Best best) {
        var random = new SplittableRandom(2);
        var anchors = randomBoxes(60, random);
        var objects = randomBoxes(11, random);
        var matcher = new BoxMatcher(0.5, 0.2, best);
        var whole = matcher.match(Boxes.iou(objects, anchors)).toLongArray();
        assertThat(Arrays.stream(whole).filter(m -> m >= 0)).isNotEmpty();
        assertThat(whole).contains(-1);
        for (int atOnce : new int[] {1, 4, 11, 50}) {
            assertThat(matcher.match(objects, anchors, atOnce).toLongArray()).containsExactly(whole);
        }
    }

    private static Tensor randomBoxes(int count, SplittableRandom random) {
        var corners = new float[4 * count];
        for (int i = 0; i < count; i++) {
            for (int c = 0; c < 2; c++) {
                corners[4 * i + c] = random.nextInt(20);
                corners[4 * i + 2 + c] = corners[4 * i + c] + 4 + random.nextInt(4);
            }
        }
        return Tensor.of(corners, count, 4);
    }

    // --- anchors ---------------------------------------------------------------------------------------------------

    @Test
    void anchors_of_a_pyramid() {
        var ratios = List.of(0.5, 1.0, 2.0);
        var generator = new AnchorGenerator(List.of(List.of(32.0), List.of(64.0)), List.of(ratios, ratios));
        assertClose(
                CASES.get("anchors").get("output"),
                generator.anchors(64, 96, List.of(new long[] {2, 3}, new long[] {1, 2})),
                0);
        assertThat(generator.perCell()).containsExactly(3, 3);
    }

    @Test
    void default_boxes_with_and_without_steps() {
        var ratios = List.of(List.of(2.0), List.of(2.0, 3.0));
        var maps = List.of(new long[] {2, 3}, new long[] {1, 1});
        assertClose(
                CASES.get("default_boxes").get("output"),
                DefaultBoxes.evenly(ratios, 0.2, 0.95, List.of()).boxes(64, 96, maps),
                1e-6);
        assertClose(
                CASES.get("default_boxes_steps").get("output"),
                new DefaultBoxes(ratios, List.of(0.07, 0.15, 0.33), List.of(8, 16), true).boxes(64, 96, maps),
                1e-6);
    }

    // --- suppression -----------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(strings = {"nms_0.1", "nms_0.3", "nms_0.5", "nms_0.7", "nms_edge_cases"})
    void worse_boxes_are_suppressed(String name) {
        var c = CASES.get(name);
        var kept = Suppression.greedy(
                rows(c.get("boxes")),
                row(c.get("scores")),
                c.get("iou_threshold").asDouble());
        assertThat(kept.toLongArray()).containsExactly(longs(c.get("keep")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"batched_nms_0.2", "batched_nms_0.5"})
    void worse_boxes_of_the_same_group_are_suppressed(String name) {
        var c = CASES.get(name);
        var groups = longs(c.get("idxs"));
        var kept = Suppression.grouped(
                rows(c.get("boxes")),
                row(c.get("scores")),
                Tensor.of(groups, groups.length),
                c.get("iou_threshold").asDouble());
        assertThat(kept.toLongArray()).containsExactly(longs(c.get("keep")));
    }

    @Test
    void nothing_is_suppressed_where_nothing_is() {
        assertThat(Suppression.greedy(Tensor.zeros(0, 4), Tensor.zeros(0), 0.5)
                        .shape()
                        .dim(0))
                .isZero();
    }

    // --- pooling ---------------------------------------------------------------------------------------------------

    private record Regions(Tensor boxes, List<Long> owners) {
        static Regions of(JsonNode rois) {
            var all = rows(rois);
            var owners = Arrays.stream(all.select(1, 0).to(DType.INT64).toLongArray())
                    .boxed()
                    .toList();
            return new Regions(all.narrow(1, 1, 4).contiguous(), owners);
        }

        long[] pictures() {
            return owners.stream().mapToLong(Long::longValue).toArray();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "roi_align_aligned0_sr-1",
                "roi_align_aligned0_sr2",
                "roi_align_aligned1_sr-1",
                "roi_align_aligned1_sr2"
            })
    void regions_are_aligned(String name) {
        var c = CASES.get(name);
        var size = longs(c.get("output_size"));
        var regions = Regions.of(c.get("rois"));
        var align = new RoiAlign(
                (int) size[0],
                (int) size[1],
                c.get("spatial_scale").asDouble(),
                c.get("sampling_ratio").asInt(),
                c.get("aligned").asBoolean());
        var pooled = align.pool(input("ops.feature", 2, 3, 12, 14), regions.boxes, regions.pictures());
        assertThat(pooled.shape().toArray()).containsExactly(longs(c.get("output_shape")));
        assertClose(c.get("output"), pooled, 3e-6);
    }

    @Test
    void regions_are_pooled_by_their_largest_values() {
        var c = CASES.get("roi_pool");
        var regions = Regions.of(c.get("rois"));
        var pooled =
                new RoiPool(3, 2, 0.25).pool(input("ops.feature", 2, 3, 12, 14), regions.boxes, regions.pictures());
        assertClose(c.get("output"), pooled, 0);
    }

    @Test
    void regions_are_aligned_by_position() {
        var c = CASES.get("ps_roi_align");
        var regions = Regions.of(c.get("rois"));
        var align = new RoiAlign(2, 2, 0.25, -1, true);
        var pooled = align.poolByPosition(input("ops.psfeature", 1, 8, 6, 6), regions.boxes, regions.pictures());
        assertClose(c.get("output"), pooled, 3e-6);
    }

    @Test
    void regions_are_read_from_the_map_of_their_size() {
        var c = CASES.get("multiscale_roi_align");
        var maps = List.of(input("ops.f0", 1, 2, 32, 32), input("ops.f1", 1, 2, 16, 16), input("ops.f2", 1, 2, 8, 8));
        var boxes = rows(c.get("boxes"));
        var align = new PyramidRoiAlign(2, 2, 2, 64, 3);
        assertThat(align.levels(maps, boxes.toFloatArray(), 128)).containsExactly(0, 1, 1, 0, 2);
        assertClose(c.get("output"), align.pool(maps, List.of(boxes), 128), 3e-6);
        assertThat(align.pool(maps, List.of(Tensor.zeros(0, 4)), 128).shape().toArray())
                .containsExactly(0, 2, 2, 2);
    }

    @Test
    void gradients_of_pooling_reach_the_maps() {
        var boxes = Tensor.of(new float[] {0.5f, 0.25f, 5.5f, 4, -2, -1, 3, 9}, 2, 4);
        var maps = input("ops.feature", 1, 2, 5, 6).to(DType.FLOAT64);
        var pictures = new long[2];
        var check = GradCheck.standard();
        check.check(x -> new RoiAlign(2, 3, 0.9, 2, false).pool(x.get(0), boxes, pictures), maps);
        check.check(x -> new RoiPool(2, 3, 0.9).pool(x.get(0), boxes, pictures), maps);
    }
}
