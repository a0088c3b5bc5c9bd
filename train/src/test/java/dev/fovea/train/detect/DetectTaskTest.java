package dev.fovea.train.detect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.data.load.Sample;
import dev.fovea.models.Models;
import dev.fovea.models.detect.Detector;
import dev.fovea.models.detect.FoundBoxes;
import dev.fovea.tensor.Scope;
import dev.fovea.tensor.Seeds;
import dev.fovea.tensor.Tensor;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DetectTaskTest {
    private static final List<String> CLASSES = List.of("ball", "cup");

    private Scope scope;
    private Detector<?> network;
    private DetectTask<?> task;

    @BeforeEach
    void build() {
        scope = Scope.open();
        Seeds.set(0);
        network = Models.detect("yolox_nano", Map.of("classes", 2, "width", 0.125, "image_size", 64));
        task = DetectTask.of(network, CLASSES, network.selection(), VaryingSize.NONE);
    }

    @AfterEach
    void close() {
        network.close();
        scope.close();
    }

    private static Instance object(int label, float x1, float y1, float x2, float y2) {
        return Instance.of(new Label(label, CLASSES.get(label)), new Box(x1, y1, x2, y2));
    }

    private Sample sample(int index, int width, int height, Instance... objects) {
        var picture = Picture.of(
                Image.filled(width, height, 40 * index, 90, 200), Annotation.NONE.withInstances(List.of(objects)));
        return new Sample(index, "picture " + index, task.preparation().resized(picture));
    }

    @Test
    void pictures_of_any_size_share_a_batch_and_keep_their_own_geometry() {
        var wide = sample(0, 128, 64, object(0, 64, 0, 128, 64));
        var high = sample(1, 16, 32, object(1, 0, 0, 16, 32), object(0, 4, 4, 5, 5));
        var batch = task.collate(List.of(wide, high));
        assertThat(batch.pictures().pixels().shape().toArray()).containsExactly(2, 3, 64, 64);
        assertThat(batch.pictures().sizes().get(0).width()).isEqualTo(64);
        assertThat(batch.pictures().sizes().get(0).height()).isEqualTo(32);
        assertThat(batch.pictures().sizes().get(1).width()).isEqualTo(32);
        assertThat(batch.targets().get(0).boxes().toFloatArray()).containsExactly(32, 0, 64, 32);
        assertThat(batch.targets().get(1).boxes().toFloatArray()).containsExactly(0, 0, 32, 64, 8, 8, 10, 10);
        assertThat(batch.targets().get(1).labels().toLongArray()).containsExactly(1, 0);

        // blue first, 0-255, and grey beside the picture
        var pixels = batch.pictures().pixels().toFloatArray();
        assertThat(pixels[0]).isEqualTo(200);
        assertThat(pixels[2 * 64 * 64]).isEqualTo(0);
        assertThat(pixels[40 * 64]).isEqualTo(114);

        var found = new FoundBoxes(
                Tensor.of(new float[] {32, 0, 64, 40}, 1, 4),
                Tensor.of(new float[] {0.5f}, 1),
                Tensor.of(new long[] {1}, 1));
        var back = FoundObjects.of(found, batch.origins().get(0).geometry(), CLASSES);
        assertThat(back.items().get(0).box()).isEqualTo(new Box(64, 0, 128, 64));
        assertThat(back.items().get(0).label().name()).isEqualTo("cup");
    }

    @Test
    void boxes_over_the_edge_are_cut_and_crowds_are_not_learned() {
        var crowd = object(1, 10, 10, 20, 20).withCrowd(true);
        var batch = task.collate(List.of(sample(0, 64, 64, object(0, -10, 50, 30, 90), crowd)));
        assertThat(batch.targets().get(0).boxes().toFloatArray()).containsExactly(0, 50, 30, 64);
        var judged = task.collateForJudging(List.of(sample(0, 64, 64, crowd)));
        assertThat(judged.targets().get(0).count()).isZero();
        assertThat(judged.origins().get(0).objects()).containsExactly(crowd);
    }

    @Test
    void pictures_without_objects_teach_alone_and_beside_others() {
        var empty = sample(0, 64, 64);
        var one = sample(1, 64, 48, object(1, 8, 8, 40, 40));
        for (var samples : List.of(List.of(empty), List.of(empty, one), List.of(empty, empty))) {
            var losses = task.loss(task.collate(samples), new SplittableRandom(1));
            var total = losses.total();
            assertThat(total.item()).isFinite().isPositive();
            total.backward();
        }
    }

    @Test
    void pictures_that_keep_their_shape_are_padded_to_the_largest_and_found_boxes_come_back() {
        try (var other = Models.detect(
                "fasterrcnn_mobilenet_v3_large_320_fpn", Map.of("classes", 2, "min_size", 32, "max_size", 96))) {
            var padded = DetectTask.of(other, CLASSES, other.selection(), VaryingSize.NONE);
            var wide = picture(192, 48, object(0, 96, 0, 192, 48));
            var high = picture(32, 96, object(1, -8, 64, 16, 120), object(0, 31, 0, 32, 1));
            var none = picture(1, 1);
            var samples = new ArrayList<Sample>();
            for (var picture : List.of(wide, high, none)) {
                samples.add(new Sample(samples.size(), "", padded.preparation().resized(picture)));
            }
            var batch = padded.collate(samples);
            assertThat(batch.pictures().pixels().shape().toArray()).containsExactly(3, 3, 96, 96);
            assertThat(batch.pictures().sizes()).containsExactly(new Size(24, 96), new Size(96, 32), new Size(32, 32));
            assertThat(batch.targets().get(0).boxes().toFloatArray()).containsExactly(48, 0, 96, 24);
            assertThat(batch.targets().get(1).boxes().toFloatArray()).containsExactly(0, 64, 16, 96, 31, 0, 32, 1);
            assertThat(batch.targets().get(2).count()).isZero();
            var total = padded.loss(batch, new SplittableRandom(1)).total();
            assertThat(total.item()).isFinite().isPositive();
            total.backward();
            var right = new FoundBoxes(
                    Tensor.of(new float[] {48, 0, 96, 24}, 1, 4),
                    Tensor.of(new float[] {0.5f}, 1),
                    Tensor.of(new long[] {1}, 1));
            assertThat(FoundObjects.of(right, batch.origins().get(0).geometry(), CLASSES)
                            .items()
                            .get(0)
                            .box())
                    .isEqualTo(new Box(96, 0, 192, 48));
        }
    }

    private static Picture picture(int width, int height, Instance... objects) {
        return Picture.of(Image.filled(width, height, 40, 90, 200), Annotation.NONE.withInstances(List.of(objects)));
    }

    @Test
    void a_batch_in_another_size_has_its_boxes_there() {
        var batch = task.collate(List.of(sample(0, 64, 32, object(0, 16, 8, 32, 16))));
        var widths = new ArrayList<Integer>();
        var random = new SplittableRandom(3);
        for (int i = 0; i < 20; i++) {
            var other = new VaryingSize(1, 32).apply(batch, random);
            int width = other.pictures().frame().width();
            widths.add(width);
            assertThat(other.pictures().sizes().get(0).width()).isEqualTo(width);
            assertThat(other.targets().get(0).boxes().toFloatArray()[0]).isEqualTo(width / 4f, within(1e-4f));
        }
        assertThat(widths).contains(32, 64, 96);
    }

    @Test
    void what_lies_exactly_on_the_objects_is_judged_as_perfect() {
        var origin = sample(0, 128, 64, object(0, 20, 8, 60, 40));
        var batch = task.collate(List.of(origin));
        var perfect = new FoundBoxes(
                batch.targets().get(0).boxes(),
                Tensor.of(new float[] {0.9f}, 1),
                batch.targets().get(0).labels());
        var found = FoundObjects.of(perfect, batch.origins().get(0).geometry(), CLASSES);
        assertThat(found.items().get(0).box().iou(new Box(20, 8, 60, 40))).isGreaterThan(0.999);
    }
}
