package dev.fovea.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class NmsTest {
    private static final Label A = new Label(0, "a");
    private static final Label B = new Label(1, "b");

    @TestFactory
    Stream<DynamicTest> equals_the_reference() throws IOException {
        try (InputStream in = NmsTest.class.getResourceAsStream("golden-nms.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" \\| ", -1))
                    .map(part -> DynamicTest.dynamicTest(part[0], () -> check(part)));
        }
    }

    private static void check(String[] part) {
        var rows = Arrays.stream(part[2].split(", ")).map(r -> r.split(" ")).toList();
        float[] corners = new float[4 * rows.size()];
        float[] scores = new float[rows.size()];
        int[] classes = new int[rows.size()];
        for (int i = 0; i < scores.length; i++) {
            for (int k = 0; k < 4; k++) {
                corners[4 * i + k] = Float.parseFloat(rows.get(i)[k]);
            }
            scores[i] = Float.parseFloat(rows.get(i)[4]);
            classes[i] = Integer.parseInt(rows.get(i)[5]);
        }
        int[] expected =
                Arrays.stream(part[3].split(" ")).mapToInt(Integer::parseInt).toArray();
        assertThat(Nms.classwise(corners, scores, classes, Double.parseDouble(part[1])))
                .isEqualTo(expected);
    }

    @Property(tries = 100)
    void no_two_kept_boxes_of_a_class_overlap_more_and_every_suppressed_one_has_a_better_reason(
            @ForAll long seed, @ForAll @DoubleRange(max = 1) double threshold) {
        List<Detection> found = random(seed, 60, 3);
        List<Detection> kept = Nms.classwise(found, threshold);
        for (Detection d : found) {
            boolean covered = kept.stream()
                    .anyMatch(k -> k.label().equals(d.label())
                            && k.score() >= d.score()
                            && k.box().iou(d.box()) > threshold
                            && !k.equals(d));
            assertThat(kept.contains(d)).isEqualTo(!covered);
        }
        assertThat(kept).isSortedAccordingTo((a, b) -> Float.compare(b.score(), a.score()));
    }

    @Test
    void an_iou_equal_to_the_threshold_leaves_both() {
        var whole = new Detection(A, 0.9f, new Box(0, 0, 10, 10));
        var half = new Detection(A, 0.8f, new Box(0, 0, 10, 5));
        assertThat(Nms.greedy(List.of(half, whole), 0.5)).containsExactly(whole, half);
        assertThat(Nms.greedy(List.of(half, whole), 0.499)).containsExactly(whole);
    }

    @Test
    void classes_suppress_each_other_only_when_asked() {
        var a = new Detection(A, 0.9f, new Box(0, 0, 10, 10));
        var b = new Detection(B, 0.8f, new Box(0, 0, 10, 10));
        assertThat(Nms.classwise(List.of(b, a), 0.5)).containsExactly(a, b);
        assertThat(Nms.greedy(List.of(b, a), 0.5)).containsExactly(a);
    }

    @Test
    void equal_scores_keep_the_order_of_the_input() {
        var first = new Detection(A, 0.5f, new Box(0, 0, 10, 10));
        var second = new Detection(A, 0.5f, new Box(1, 0, 10, 10));
        assertThat(Nms.greedy(List.of(first, second), 0.5)).containsExactly(first);
        assertThat(Nms.greedy(List.of(second, first), 0.5)).containsExactly(second);
    }

    @Test
    void soft_suppression_lowers_scores_and_reorders() {
        var best = new Detection(A, 0.9f, new Box(0, 0, 10, 10));
        var near = new Detection(A, 0.8f, new Box(0, 0, 10, 8)); // IoU 0.8
        var far = new Detection(A, 0.5f, new Box(20, 20, 30, 30));
        var other = new Detection(B, 0.3f, new Box(0, 0, 10, 10));
        List<Detection> found = List.of(near, best, other, far);

        List<Detection> linear = Nms.softLinear(found, 0.3, 0.01);
        assertThat(linear).extracting(Detection::box).containsExactly(best.box(), far.box(), other.box(), near.box());
        assertThat(linear.get(3).score()).isCloseTo(0.16f, within(1e-6f));
        List<Detection> gauss = Nms.softGaussian(found, 0.5, 0.01);
        assertThat(gauss.get(3).score()).isCloseTo((float) (0.8 * Math.exp(-0.64 / 0.5)), within(1e-6f));
        assertThat(Nms.softLinear(found, 0.3, 0.2)).hasSize(3);
    }

    @Test
    void five_thousand_boxes_take_less_than_a_second() {
        List<Detection> found = random(1, 5000, 1);
        Nms.classwise(found, 0.99);
        long start = System.nanoTime();
        assertThat(Nms.classwise(found, 0.99)).isNotEmpty();
        assertThat((System.nanoTime() - start) / 1e6).as("milliseconds").isLessThan(1000);
    }

    @Test
    void nothing_in_nothing_out() {
        assertThat(Nms.greedy(List.of(), 0.5)).isEmpty();
        assertThat(Nms.softGaussian(List.of(), 0.5, 0)).isEmpty();
        assertThat(Nms.greedy(new float[0], new float[0], 0.5)).isEmpty();
    }

    @Test
    void wrong_arguments_are_named() {
        assertThatThrownBy(() -> Nms.greedy(new float[7], new float[2], 0.5)).hasMessageContaining("2 scores, got 7");
        assertThatThrownBy(() -> Nms.greedy(List.of(), 1.5)).hasMessageContaining("0 to 1, got 1.5");
        assertThatThrownBy(() -> Nms.softGaussian(List.of(), 0, 0)).hasMessageContaining("sigma");
    }

    private static List<Detection> random(long seed, int n, int classes) {
        var random = new Random(seed);
        List<Detection> found = new ArrayList<>();
        IntStream.range(0, n).forEach(i -> {
            int label = random.nextInt(classes);
            float score = random.nextInt(100) < 3 ? 0.5f : random.nextFloat();
            var box = Box.ofCorner(random.nextInt(60), random.nextInt(60), random.nextInt(40), 1 + random.nextInt(40));
            found.add(new Detection(new Label(label, "c" + label), score, box));
        });
        return found;
    }
}
