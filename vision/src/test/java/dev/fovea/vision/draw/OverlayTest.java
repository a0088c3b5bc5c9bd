package dev.fovea.vision.draw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Detection;
import dev.fovea.vision.Detections;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Label;
import dev.fovea.vision.LabelMap;
import dev.fovea.vision.Mask;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Size;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OverlayTest {
    private static final Image GREY = Image.filled(100, 80, 100);
    private static final Label DOG = new Label(3, "dog");

    @Test
    void box_is_drawn_in_the_colour_of_its_class_just_inside_its_edges() {
        Image drawn = Overlay.draw(GREY, of(Instance.of(DOG, new Box(20, 30, 60, 70))), i -> "");
        assertThat(colour(drawn, 20, 50)).isEqualTo(Colour.ofClass(3));
        assertThat(colour(drawn, 59, 50)).isEqualTo(Colour.ofClass(3));
        assertThat(colour(drawn, 40, 30)).isEqualTo(Colour.ofClass(3));
        assertThat(colour(drawn, 40, 69)).isEqualTo(Colour.ofClass(3));
        assertThat(colour(drawn, 19, 50)).isEqualTo(new Colour(100, 100, 100));
        assertThat(colour(drawn, 60, 50)).isEqualTo(new Colour(100, 100, 100));
        assertThat(colour(drawn, 40, 50)).isEqualTo(new Colour(100, 100, 100));
        assertThat(GREY).isEqualTo(Image.filled(100, 80, 100));
    }

    @Test
    void detections_are_drawn_with_name_and_score_the_best_on_top() {
        var cat = new Label(1, "cat");
        var best = new Detection(DOG, 0.9f, new Box(20, 30, 60, 70));
        var worse = new Detection(cat, 0.4f, new Box(20, 30, 60, 70));
        Image drawn = Overlay.draw(GREY, new Detections(GREY.size(), List.of(worse, best)));
        assertThat(colour(drawn, 20, 50)).isEqualTo(Colour.ofClass(3));
        assertThat(best.caption()).isEqualTo("dog 0.90");
        Image unnamed = Overlay.draw(GREY, of(Instance.of(DOG, best.box())), i -> "");
        assertThat(drawn).isNotEqualTo(unnamed);
        assertThat(Overlay.draw(GREY, Detections.none(GREY.size()))).isEqualTo(GREY.toRgb());
    }

    @Test
    void mask_and_label_map_tint_just_their_pixels() {
        var bits = new BitSet();
        bits.set(50 * 100 + 40);
        byte[] classes = new byte[8000];
        Arrays.fill(classes, (byte) LabelMap.IGNORE);
        classes[10 * 100 + 5] = 2;
        var size = GREY.size();
        var instance = new Instance(
                DOG, new Box(20, 30, 60, 70), Optional.of(new Mask(size, bits)), Optional.empty(), Optional.empty());
        var annotation = new Annotation(
                List.of(), List.of(instance), Optional.of(new LabelMap(size, classes)), Optional.empty());
        Image drawn = Overlay.draw(GREY, annotation, i -> "");
        assertThat(colour(drawn, 40, 50).red())
                .isEqualTo(Math.round(100 * 0.55f + Colour.ofClass(3).red() * 0.45f));
        assertThat(colour(drawn, 5, 10).blue())
                .isEqualTo(Math.round(100 * 0.55f + Colour.ofClass(2).blue() * 0.45f));
        assertThat(colour(drawn, 41, 50)).isEqualTo(new Colour(100, 100, 100));
        assertThat(colour(drawn, 6, 10)).isEqualTo(new Colour(100, 100, 100));
    }

    @Test
    void keypoints_show_unless_absent_and_outlines_are_lines() {
        var keypoints = new Keypoints(List.of(
                new Keypoints.Point("a", 30.5f, 40.5f, Visibility.VISIBLE),
                new Keypoints.Point("b", 50.5f, 40.5f, Visibility.HIDDEN),
                new Keypoints.Point("c", 70.5f, 40.5f, Visibility.ABSENT)));
        var outline = new Outline(List.of(new float[] {10.5f, 60.5f, 90.5f, 60.5f, 90.5f, 75.5f}));
        var instance = new Instance(
                DOG, new Box(0, 0, 100, 80), Optional.empty(), Optional.of(keypoints), Optional.of(outline));
        Image drawn = Overlay.draw(GREY, of(instance), i -> "");
        assertThat(colour(drawn, 30, 40)).isEqualTo(Colour.ofClass(3));
        assertThat(colour(drawn, 50, 40)).isEqualTo(Colour.WHITE);
        assertThat(colour(drawn, 70, 40)).isEqualTo(new Colour(100, 100, 100));
        assertThat(colour(drawn, 50, 60).red()).isGreaterThan(200);
        assertThat(colour(drawn, 30, 72)).isEqualTo(new Colour(100, 100, 100));
    }

    @Test
    void names_at_the_border_stay_inside_and_crowded_names_get_places_of_their_own() {
        var size = new Size(200, 200);
        var placer = new LabelPlacer(size);
        var blank = Image.filled(200, 200, 0, 0, 0);
        try (var canvas = new Canvas(blank)) {
            for (int i = 0; i < 6; i++) {
                placer.draw(canvas, "name", new Box(190, 0, 200, 8), Colour.WHITE);
            }
            Image drawn = canvas.image();
            int one = Canvas.textSize("name", 0.35).width() + 4;
            int high = Canvas.textSize("name", 0.35).height() + 2;
            int covered = 0;
            for (int y = 0; y < 200; y++) {
                covered += drawn.get(200 - one, y, 0) > 128 ? 1 : 0;
            }
            assertThat(covered).isEqualTo(6 * high);
        }
    }

    @Test
    void name_wider_than_the_image_is_cut_and_an_image_too_low_for_text_has_none() {
        var instance = of(Instance.of(new Label(0, "a name that is much too long"), new Box(0, 0, 30, 30)));
        assertThat(Overlay.draw(Image.filled(30, 30, 9), instance).size()).isEqualTo(Size.square(30));
        var low = of(Instance.of(DOG, new Box(0, 0, 4, 4)));
        assertThat(Overlay.draw(Image.filled(4, 4, 9), low))
                .isEqualTo(Overlay.draw(Image.filled(4, 4, 9), low, i -> ""));
    }

    @Test
    void small_image_is_enlarged_with_its_boxes() {
        Image drawn = Overlay.enlarged(Image.filled(20, 10, 50), of(Instance.of(DOG, new Box(5, 2, 15, 8))), 100);
        assertThat(drawn.size()).isEqualTo(new Size(100, 200));
        assertThat(colour(drawn, 50, 60)).isEqualTo(Colour.ofClass(3));
        assertThat(colour(drawn, 149, 60)).isEqualTo(Colour.ofClass(3));
    }

    @Test
    void mask_of_another_size_is_refused() {
        var instance = new Instance(
                DOG,
                new Box(0, 0, 1, 1),
                Optional.of(new Mask(Size.square(3), new BitSet())),
                Optional.empty(),
                Optional.empty());
        assertThatThrownBy(() -> Overlay.draw(GREY, of(instance)))
                .hasMessage("cannot draw a mask of 3x3 on an image of 100x80");
    }

    @Test
    void colours_of_the_first_classes_are_far_apart() {
        for (int i = 0; i < 24; i++) {
            for (int j = 0; j < i; j++) {
                var a = Colour.ofClass(i);
                var b = Colour.ofClass(j);
                int distance =
                        Math.abs(a.red() - b.red()) + Math.abs(a.green() - b.green()) + Math.abs(a.blue() - b.blue());
                assertThat(distance).as("classes %d and %d", i, j).isGreaterThan(35);
            }
        }
    }

    private static Annotation of(Instance... instances) {
        return Annotation.NONE.withInstances(List.of(instances));
    }

    private static Colour colour(Image image, int x, int y) {
        return new Colour(image.get(x, y, 0), image.get(x, y, 1), image.get(x, y, 2));
    }
}
