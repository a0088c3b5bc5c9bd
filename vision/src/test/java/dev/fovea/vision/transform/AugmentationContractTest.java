package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every registered augmentation promises, checked on small and odd pictures. */
class AugmentationContractTest {
    private static final List<Size> SIZES = List.of(new Size(1, 1), new Size(2, 3), new Size(9, 1), new Size(23, 31));

    /** One strong call of every registered name. */
    static Stream<String> calls() {
        return Stream.of(
                "flip(1)",
                "vflip(1)",
                "crop(16,3,7)",
                "resizedcrop(17x20,0.1)",
                "rotate(45,9)",
                "affine(30,0.2,0.7,1.3,15)",
                "perspective(0.8,1)",
                "jitter(0.8,0.8,0.8,0.5)",
                "blur(7,0.1,3)",
                "noise(40)",
                "erase(1)",
                "ioucrop(0.4,0.9)",
                "zoomout(3,1,9)",
                "scalejitter(17x20,0.3,1.8)",
                "autocontrast(1)",
                "equalize(1)",
                "posterize(2,1)",
                "solarize(90,1)",
                "invert(1)",
                "sharpness(3,1)",
                "grey(1)",
                "randaugment(3,20)",
                "trivial");
    }

    @Test
    void every_registered_name_is_checked_here() {
        assertThat(calls().map(call -> call.replaceAll("\\(.*", "")))
                .containsExactlyInAnyOrderElementsOf(Augmentation.names());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void same_seed_gives_the_same_picture_and_the_input_stays(String call) {
        var transform = Augmentation.parse(call);
        for (Size size : SIZES) {
            for (int channels : new int[] {1, 3}) {
                var picture = annotated(size, channels);
                var copy = annotated(size, channels);
                for (int seed = 0; seed < 20; seed++) {
                    var once = transform.apply(picture, new SplittableRandom(seed));
                    var again = transform.apply(picture, new SplittableRandom(seed));
                    assertThat(once.image()).isEqualTo(again.image());
                    assertThat(text(once)).isEqualTo(text(again));
                    assertThat(picture.image()).isEqualTo(copy.image());
                    assertThat(text(picture)).isEqualTo(text(copy));
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void channels_stay_and_annotations_lie_inside_the_image_with_its_size(String call) {
        var transform = Augmentation.parse(call);
        for (Size size : SIZES) {
            for (int channels : new int[] {1, 3}) {
                for (int seed = 0; seed < 20; seed++) {
                    var out = transform.apply(annotated(size, channels), new SplittableRandom(seed));
                    assertThat(out.image().channels()).isEqualTo(channels);
                    assertInside(out);
                    assertThat(out.geometry().original()).isEqualTo(size);
                    assertThat(out.annotation().labels()).hasSize(1);
                    assertThat(out.annotation().caption()).contains("a thing");
                }
            }
        }
    }

    private static void assertInside(Picture picture) {
        Size size = picture.image().size();
        assertThat(picture.annotation().semantic().orElseThrow().size()).isEqualTo(size);
        for (Instance instance : picture.annotation().instances()) {
            assertThat(instance.box().clip(size)).isEqualTo(instance.box());
            assertThat(instance.mask().orElseThrow().size()).isEqualTo(size);
            for (var point : instance.keypoints().orElseThrow().points()) {
                assertThat(point.x()).isBetween(0f, (float) size.width());
                assertThat(point.y()).isBetween(0f, (float) size.height());
            }
        }
    }

    /** All but those that choose by the objects what is seen. */
    static Stream<String> blindCalls() {
        return calls().filter(call -> !call.startsWith("ioucrop"));
    }

    @ParameterizedTest
    @MethodSource("blindCalls")
    void image_without_annotation_is_moved_like_one_with(String call) {
        var transform = Augmentation.parse(call);
        var annotated = annotated(new Size(23, 31), 3);
        var bare = Picture.of(annotated.image(), Annotation.NONE);
        for (int seed = 0; seed < 20; seed++) {
            var one = transform.apply(annotated, new SplittableRandom(seed));
            var other = transform.apply(bare, new SplittableRandom(seed));
            assertThat(other.image()).isEqualTo(one.image());
            assertThat(other.geometry()).isEqualTo(one.geometry());
            assertThat(other.annotation()).isEqualTo(Annotation.NONE);
        }
    }

    @ParameterizedTest
    @MethodSource("calls")
    void strong_call_changes_the_picture_at_some_seed(String call) {
        var transform = Augmentation.parse(call);
        var picture = annotated(new Size(23, 31), 3);
        assertThat(Stream.iterate(0, seed -> seed + 1).limit(20).map(seed -> transform
                        .apply(picture, new SplittableRandom(seed))
                        .image()))
                .anyMatch(image -> !image.equals(picture.image()));
    }

    /** A noisy picture with one object of every annotation kind. */
    static Picture annotated(Size size, int channels) {
        byte[] pixels = new byte[(int) size.area() * channels];
        new Random(7).nextBytes(pixels);
        var bits = new BitSet();
        bits.set(0, (int) size.area());
        float w = size.width();
        float h = size.height();
        var instance = new Instance(
                new Label(0, "thing"),
                new Box(0, 0, w, h),
                Optional.of(new Mask(size, bits)),
                Optional.of(new Keypoints(List.of(
                        new Keypoints.Point("left_end", 0, h / 2, Visibility.VISIBLE),
                        new Keypoints.Point("right_end", w, h / 2, Visibility.HIDDEN),
                        new Keypoints.Point("tip", w / 2, 0, Visibility.VISIBLE)))),
                Optional.of(new Outline(List.of(new float[] {0, 0, w, 0, w, h, 0, h}))));
        var annotation = new Annotation(
                List.of(new Label(0, "thing")),
                List.of(instance),
                Optional.of(new LabelMap(size, new byte[(int) size.area()])),
                Optional.of("a thing"));
        return Picture.of(Image.wrap(size.width(), size.height(), channels, pixels), annotation);
    }

    /** Everything but the pixels as text: records with arrays have no equality of content. */
    private static String text(Picture picture) {
        var text = new StringBuilder(picture.geometry().toString());
        for (Instance i : picture.annotation().instances()) {
            text.append(i.box()).append(i.mask().map(m -> m.bits().toString()));
            text.append(i.keypoints());
            i.outline().ifPresent(o -> o.polygons().forEach(p -> text.append(Arrays.toString(p))));
        }
        picture.annotation().semantic().ifPresent(m -> text.append(Arrays.toString(m.classes())));
        return text.toString();
    }
}
