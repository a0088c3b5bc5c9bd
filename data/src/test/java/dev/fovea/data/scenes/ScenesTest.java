package dev.fovea.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.fovea.data.scenes.Scenes.Options;
import dev.fovea.data.scenes.Scenes.Split;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Image;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Label;
import dev.fovea.vision.Size;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScenesTest {
    private static final Options SMALL = Options.classify(Size.square(32), 400);

    /** The pictures are part of what users repeat: a change here changes every published number that rests on them. */
    @ParameterizedTest
    @CsvSource({
        "CLASSIFY, TRAIN, 0, 32, 32, 745012446",
        "CLASSIFY, TEST, 7, 48, 48, 348329251",
        "CLASSIFY, VALIDATION, 3, 64, 40, 76114988",
        "SCENE, TRAIN, 5, 96, 96, 1523305102",
        "SCENE, TEST, 11, 17, 60, 3914890528"
    })
    void pictures_are_the_same_everywhere(
            Scenes.Flavour flavour, Split split, int index, int height, int width, long crc) {
        var options = new Options(new Size(height, width), 20, 1, flavour, 0.5, 5);

        assertThat(crc(Scenes.of(options, split).image(index))).isEqualTo(crc);
    }

    @Test
    void a_sample_does_not_depend_on_the_number_of_pictures() {
        var few = Scenes.of(SMALL.withCount(5), Split.TRAIN);
        var many = Scenes.of(SMALL, Split.TRAIN);

        for (int i = 0; i < few.size(); i++) {
            assertThat(few.image(i)).isEqualTo(many.image(i));
            assertThat(few.label(i)).isEqualTo(many.label(i));
        }
    }

    @Test
    void seeds_and_splits_share_no_picture() {
        var seen = new HashSet<Image>();
        for (long seed = 0; seed < 2; seed++) {
            var splits = Scenes.splits(SMALL.withSeed(seed).withCount(100), 50, 50);
            for (var scenes : new Scenes[] {splits.train(), splits.validation(), splits.test()}) {
                for (int i = 0; i < scenes.size(); i++) {
                    assertThat(seen.add(scenes.image(i))).as(scenes.source(i)).isTrue();
                }
            }
        }
        assertThat(seen).hasSize(400);
    }

    @Test
    void every_class_is_equally_common_in_classification() {
        var scenes = Scenes.of(SMALL, Split.TRAIN);
        int[] counts = new int[scenes.classes().size()];
        for (int i = 0; i < scenes.size(); i++) {
            counts[scenes.label(i).index()]++;
        }

        assertThat(counts).containsOnly(SMALL.count() / counts.length);
    }

    @Test
    void every_class_appears_about_equally_often_in_scenes() {
        var scenes = Scenes.of(Options.scene(Size.square(32), 600), Split.TRAIN);
        int[] counts = new int[scenes.classes().size()];
        int all = 0;
        for (int i = 0; i < scenes.size(); i++) {
            for (var instance : scenes.annotation(i).instances()) {
                counts[instance.label().index()]++;
                all++;
            }
        }

        for (int count : counts) {
            assertThat((double) count / all).isBetween(0.07, 0.13);
        }
    }

    @Test
    void the_label_of_a_classification_sample_is_the_class_of_its_only_instance() {
        var scenes = Scenes.of(SMALL, Split.VALIDATION);
        for (int i = 0; i < 50; i++) {
            var annotation = scenes.annotation(i);
            assertThat(annotation.labels()).containsExactly(scenes.label(i));
            assertThat(annotation.instances()).singleElement().satisfies(instance -> assertThat(instance.mask())
                    .hasValueSatisfying(mask -> assertThat(mask.area()).isGreaterThan(40)));
        }
    }

    @Test
    void class_indices_point_into_the_alphabetical_class_names() {
        var scenes = Scenes.of(SMALL, Split.TRAIN);

        assertThat(scenes.classes()).isSorted().hasSize(Scenes.BACKGROUND);
        assertThat(SceneClass.values())
                .extracting(SceneClass::toLabel)
                .extracting(Label::name)
                .isEqualTo(scenes.classes());
        assertThat(SceneClass.values())
                .extracting(SceneClass::toLabel)
                .extracting(Label::index)
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(SceneClass.values()).allSatisfy(kind -> assertThat(kind.keypoints())
                .hasSize(SceneClass.KEYPOINTS)
                .doesNotHaveDuplicates());
    }

    @Test
    void the_splits_become_the_datasets_that_training_takes() {
        var single = Scenes.splits(SMALL.withCount(30), 20, 10).datasets();
        var several = Scenes.splits(Options.scene(Size.square(32), 30), 20, 10).datasets();

        assertThat(single.train().size()).isEqualTo(30);
        assertThat(single.validation().size()).isEqualTo(20);
        assertThat(single.test())
                .hasValueSatisfying(test -> assertThat(test.size()).isEqualTo(10));
        assertThat(single.multiLabel()).isFalse();
        assertThat(several.multiLabel()).isTrue();
        assertThat(several.classes()).isEqualTo(single.classes()).contains("fish");
    }

    @Test
    void every_keypoint_of_a_lone_object_is_nearly_always_seen() {
        var scenes = Scenes.of(Options.classify(Size.square(64), 600).withDifficulty(0), Split.TRAIN);
        int[][] seen = new int[Scenes.BACKGROUND][SceneClass.KEYPOINTS];
        for (int i = 0; i < scenes.size(); i++) {
            var points = scenes.annotation(i)
                    .instances()
                    .get(0)
                    .keypoints()
                    .orElseThrow()
                    .points();
            for (int k = 0; k < SceneClass.KEYPOINTS; k++) {
                boolean visible = points.get(k).visibility() == Visibility.VISIBLE;
                seen[scenes.label(i).index()][k] += visible ? 1 : 0;
            }
        }

        for (int[] counts : seen) {
            assertThat(Arrays.stream(counts).min().orElseThrow()).isGreaterThanOrEqualTo(55);
        }
    }

    @Test
    void the_mask_of_an_unhidden_object_fills_its_outline() {
        // nothing stands in front at difficulty 0
        var scenes = Scenes.of(Options.classify(Size.square(128), 40).withDifficulty(0), Split.TRAIN);
        for (int i = 0; i < scenes.size(); i++) {
            var instance = scenes.annotation(i).instances().get(0);
            double area = 0;
            for (float[] polygon : instance.outline().orElseThrow().polygons()) {
                for (int p = 0; p < polygon.length; p += 2) {
                    int next = (p + 2) % polygon.length;
                    area += (polygon[p] * polygon[next + 1] - polygon[next] * polygon[p + 1]) / 2;
                }
            }
            assertThat((double) instance.mask().orElseThrow().area())
                    .as(scenes.source(i))
                    .isCloseTo(Math.abs(area), withinPercentage(2));
        }
    }

    @Test
    void another_size_shows_the_same_scene() {
        var small = Scenes.of(Options.scene(Size.square(64), 30), Split.TEST);
        var large = Scenes.of(Options.scene(Size.square(128), 30), Split.TEST);
        for (int i = 0; i < small.size(); i++) {
            var fine = large.annotation(i).semantic().orElseThrow();
            var coarse = small.annotation(i).semantic().orElseThrow();
            int equal = 0;
            for (int y = 0; y < 64; y++) {
                for (int x = 0; x < 64; x++) {
                    equal += coarse.get(x, y) == fine.get(2 * x, 2 * y) ? 1 : 0;
                }
            }
            assertThat(equal).isGreaterThan(64 * 64 * 93 / 100);
            assertThat(small.annotation(i).caption())
                    .isEqualTo(large.annotation(i).caption());
        }
    }

    @Test
    void captions_name_every_object_of_a_small_scene() {
        var scenes = Scenes.of(Options.scene(Size.square(64), 100).withMaxObjects(3), Split.TRAIN);
        for (int i = 0; i < scenes.size(); i++) {
            var annotation = scenes.annotation(i);
            String caption = annotation.caption().orElseThrow();
            assertThat(caption)
                    .matches("an? [a-z, ]+[a-z]")
                    .doesNotContain("a orange")
                    .doesNotContain("an red");
            assertThat(annotation.labels())
                    .allSatisfy(label -> assertThat(caption).contains(label.name()));
        }
    }

    @Test
    void difficulty_changes_the_picture_and_not_the_class() {
        var easy = Scenes.of(SMALL.withDifficulty(0), Split.TRAIN);
        var hard = Scenes.of(SMALL.withDifficulty(1), Split.TRAIN);

        assertThat(easy.image(1)).isNotEqualTo(hard.image(1));
        assertThat(easy.label(1)).isEqualTo(hard.label(1));
    }

    @Test
    void a_hint_of_the_wanted_size_changes_nothing() {
        var scenes = Scenes.of(SMALL, Split.TRAIN);

        assertThat(scenes.image(3, Optional.of(Size.square(16)))).isEqualTo(scenes.image(3));
        assertThat(scenes.annotation(3)).isNotEqualTo(Annotation.NONE);
    }

    @Test
    void impossible_options_are_refused_by_name() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.classify(Size.square(15), 1))
                .withMessageContaining("15x15");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Options.scene(new Size(16, 128), 1))
                .withMessageContaining("128x16");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SMALL.withCount(-1))
                .withMessageContaining("-1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SMALL.withDifficulty(Double.NaN))
                .withMessageContaining("NaN");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SMALL.withMaxObjects(10))
                .withMessageContaining("10");
    }

    @Test
    void an_index_outside_and_a_label_of_a_scene_are_refused() {
        var scenes = Scenes.of(Options.scene(Size.square(32), 2), Split.TRAIN);

        assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> scenes.image(2));
        assertThatIllegalStateException().isThrownBy(() -> scenes.label(0)).withMessageContaining("annotation()");
    }

    private static long crc(Image image) {
        var crc = new CRC32();
        crc.update(image.pixels());
        return crc.getValue();
    }
}
