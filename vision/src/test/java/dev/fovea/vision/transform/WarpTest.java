package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Label;
import dev.fovea.vision.LabelMap;
import dev.fovea.vision.Mask;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WarpTest {
    private static final Size OLD = new Size(4, 6);
    private static final Label CAT = new Label(0, "cat");

    @Test
    void inverse_brings_every_point_back_also_through_a_perspective() {
        var warp = new Warp(1.2, 0.3, 4, -0.2, 0.8, 2, 0.01, -0.02, new Size(9, 9));
        var back = warp.inverse(OLD);
        for (double x = 0; x <= 6; x += 1.5) {
            for (double y = 0; y <= 4; y++) {
                double[] there = warp.map(x, y);
                assertThat(back.map(there[0], there[1])).containsExactly(new double[] {x, y}, within(1e-9));
            }
        }
        assertThat(back.size()).isEqualTo(OLD);
    }

    @Test
    void flat_map_is_refused_with_its_numbers() {
        assertThatThrownBy(() -> Warp.affine(1, 2, 0, 2, 4, 0, OLD).inverse(OLD))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no inverse");
    }

    @Test
    void crop_clips_boxes_and_drops_what_is_left_without_area() {
        var inside = Instance.of(CAT, new Box(1, 1, 3, 3));
        var cut = Instance.of(CAT, new Box(0, 0, 6, 4));
        var gone = Instance.of(CAT, new Box(4, 3, 6, 4));
        var touching = Instance.of(CAT, new Box(0, 0, 1, 4));
        var moved = Warp.shift(-1, -1, new Size(2, 3))
                .annotation(Annotation.NONE.withInstances(List.of(inside, cut, gone, touching)), OLD);
        assertThat(moved.instances())
                .extracting(Instance::box)
                .containsExactly(new Box(0, 0, 2, 2), new Box(0, 0, 3, 2));
    }

    @Test
    void rotated_box_is_the_bounding_box_of_its_corners() {
        double s = Math.sqrt(0.5);
        var box = Warp.affine(s, -s, 5, s, s, 0, Size.square(10)).box(new Box(0, 0, 2, 2));
        assertThat(box.x1()).isCloseTo((float) (5 - 2 * s), within(1e-5f));
        assertThat(box.x2()).isCloseTo((float) (5 + 2 * s), within(1e-5f));
        assertThat(box.y1()).isZero();
        assertThat(box.y2()).isCloseTo((float) (4 * s), within(1e-5f));
    }

    @Test
    void mask_and_label_map_follow_by_nearest_neighbour_and_padding_is_ignored() {
        var bits = new BitSet();
        bits.set(6, 12);
        bits.set(20);
        byte[] classes = new byte[24];
        classes[7] = 5;
        var annotation = new Annotation(
                List.of(CAT),
                List.of(new Instance(
                        CAT,
                        new Box(0, 1, 6, 4),
                        Optional.of(new Mask(OLD, bits)),
                        Optional.empty(),
                        Optional.empty())),
                Optional.of(new LabelMap(OLD, classes)),
                Optional.of("a cat"));
        var moved = Warp.shift(1, 0, new Size(4, 8)).annotation(annotation, OLD);
        var mask = moved.instances().get(0).mask().orElseThrow();
        assertThat(mask.area()).isEqualTo(7);
        assertThat(mask.get(0, 1)).isFalse();
        assertThat(mask.get(1, 1)).isTrue();
        assertThat(mask.get(3, 3)).isTrue();
        var map = moved.semantic().orElseThrow();
        assertThat(map.get(2, 1)).isEqualTo(5);
        assertThat(map.get(3, 1)).isZero();
        assertThat(map.get(0, 0)).isEqualTo(LabelMap.IGNORE);
        assertThat(map.get(7, 3)).isEqualTo(LabelMap.IGNORE);
        assertThat(moved.labels()).containsExactly(CAT);
        assertThat(moved.caption()).contains("a cat");
    }

    @Test
    void object_whose_mask_vanishes_is_dropped_though_its_box_has_area() {
        var bits = new BitSet();
        bits.set(0);
        var instance = new Instance(
                CAT, new Box(0, 0, 6, 4), Optional.of(new Mask(OLD, bits)), Optional.empty(), Optional.empty());
        assertThat(Warp.shift(-2, 0, new Size(4, 4)).instance(instance, OLD)).isEmpty();
    }

    @Test
    void keypoints_that_leave_the_image_become_absent() {
        var points = new Keypoints(List.of(
                new Keypoints.Point("nose", 5, 2, Visibility.VISIBLE),
                new Keypoints.Point("tail", 0.5f, 2, Visibility.HIDDEN),
                new Keypoints.Point("ear", 3, 3, Visibility.HIDDEN),
                new Keypoints.Point("paw", 3, 3, Visibility.ABSENT)));
        assertThat(Warp.shift(-1, 0, new Size(4, 5)).keypoints(points).points())
                .containsExactly(
                        new Keypoints.Point("nose", 4, 2, Visibility.VISIBLE),
                        new Keypoints.Point("tail", 0, 0, Visibility.ABSENT),
                        new Keypoints.Point("ear", 2, 3, Visibility.HIDDEN),
                        new Keypoints.Point("paw", 0, 0, Visibility.ABSENT));
    }

    @Test
    void outline_is_cut_at_the_border_and_lost_outside() {
        var triangle = new Outline(List.of(new float[] {0, 0, 4, 0, 0, 4}));
        var cut = Warp.shift(-2, 0, OLD).outline(triangle).orElseThrow();
        assertThat(area(cut.polygons().get(0))).isCloseTo(2, within(1e-6));
        assertThat(Warp.shift(-5, 0, OLD).outline(triangle)).isEmpty();
    }

    @Test
    void geometry_finds_the_way_back_to_original_pixels() {
        var picture = Picture.of(Image.filled(6, 4, 1, 2, 3), Annotation.NONE);
        var stretched = Warp.stretch(OLD, new Size(8, 3)).apply(picture, Image.filled(3, 8, 1, 2, 3));
        var cropped = Warp.shift(-1, -2, new Size(4, 2)).apply(stretched, Image.filled(2, 4, 1, 2, 3));
        assertThat(cropped.geometry().toOriginal(1, 2)).containsExactly(new double[] {4, 2}, within(1e-12));
    }

    @Test
    void mask_of_another_size_is_refused() {
        var mask = new Mask(new Size(3, 3), new BitSet());
        assertThatThrownBy(() -> Warp.shift(0, 0, OLD).mask(mask, OLD))
                .hasMessageContaining("mask of 3x3 on an image of 6x4");
    }

    private static double area(float[] p) {
        double twice = 0;
        for (int i = 0; i < p.length; i += 2) {
            int j = (i + 2) % p.length;
            twice += (double) p[i] * p[j + 1] - (double) p[j] * p[i + 1];
        }
        return Math.abs(twice) / 2;
    }
}
