package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Label;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** That chance is drawn from the ranges which each augmentation states. */
class RandomDrawsTest {
    private static final Image RAMP = ramp(40, 30);

    @Test
    void flip_happens_with_its_probability() {
        var random = new SplittableRandom(1);
        int flipped = 0;
        for (int i = 0; i < 4000; i++) {
            flipped += apply("flip(0.3)", RAMP, random).equals(RAMP) ? 0 : 1;
        }
        assertThat(flipped / 4000.0).isCloseTo(0.3, within(0.03));
    }

    @Test
    void crop_reaches_every_offset_of_the_padded_image_and_no_other() {
        var random = new SplittableRandom(2);
        Set<String> corners = new HashSet<>();
        for (int i = 0; i < 3000; i++) {
            var geometry = new RandomCrop(new Size(30, 40), 2, 0)
                    .apply(Picture.of(RAMP, Annotation.NONE), random)
                    .geometry();
            assertThat(geometry.c()).isBetween(-2.0, 2.0);
            assertThat(geometry.f()).isBetween(-2.0, 2.0);
            corners.add(geometry.c() + "," + geometry.f());
        }
        assertThat(corners).hasSize(25);
    }

    @Test
    void resized_crop_takes_the_stated_share_and_ratio_of_the_image() {
        var random = new SplittableRandom(3);
        var crop = new RandomResizedCrop(Size.square(24), 0.2, 0.5, 0.75, 1.3333);
        var image = Image.filled(200, 160, 1);
        double least = 1;
        double most = 0;
        for (int i = 0; i < 500; i++) {
            var geometry =
                    crop.apply(Picture.of(image, Annotation.NONE), random).geometry();
            double w = 24 / geometry.a();
            double h = 24 / geometry.e();
            least = Math.min(least, w * h / image.size().area());
            most = Math.max(most, w * h / image.size().area());
            assertThat(w / h).isBetween(0.74, 1.35);
            assertThat(-geometry.c() / geometry.a()).isBetween(-1e-9, 200 - w + 1e-9);
            assertThat(-geometry.f() / geometry.e()).isBetween(-1e-9, 160 - h + 1e-9);
        }
        assertThat(least).isBetween(0.19, 0.23);
        assertThat(most).isBetween(0.47, 0.51);
    }

    @Test
    void resized_crop_of_a_narrow_image_takes_the_largest_allowed_centre() {
        var geometry = new RandomResizedCrop(Size.square(8), 0.9, 1, 0.75, 1.25)
                .apply(Picture.of(Image.filled(100, 10, 1), Annotation.NONE), new SplittableRandom(4))
                .geometry();
        assertThat(8 / geometry.a()).isCloseTo(12, within(1e-9));
        assertThat(geometry.toOriginal(4, 4)).containsExactly(new double[] {50, 5}, within(1e-9));
    }

    @Test
    void erasing_covers_the_stated_share_and_hides_the_key_points_below() {
        var random = new SplittableRandom(5);
        var points = new Keypoints(List.of(new Keypoints.Point("nose", 20, 15, Visibility.VISIBLE)));
        var instance = new Instance(
                new Label(0, "cat"), new Box(0, 0, 40, 30), Optional.empty(), Optional.of(points), Optional.empty());
        var picture = Picture.of(Image.filled(40, 30, 7), Annotation.NONE.withInstances(List.of(instance)));
        var erase = new RandomErasing(1, 0.1, 0.3, 0.5, 2, 200);
        int hidden = 0;
        for (int i = 0; i < 300; i++) {
            var erased = erase.apply(picture, random);
            int covered = 0;
            for (byte value : erased.image().pixels()) {
                covered += (value & 0xff) == 200 ? 1 : 0;
            }
            assertThat(covered / 1200.0).isBetween(0.08, 0.33);
            boolean below = erased.image().get(20, 15, 0) == 200;
            var point = erased.annotation()
                    .instances()
                    .get(0)
                    .keypoints()
                    .orElseThrow()
                    .points()
                    .get(0);
            assertThat(point.visibility()).isEqualTo(below ? Visibility.HIDDEN : Visibility.VISIBLE);
            hidden += below ? 1 : 0;
        }
        assertThat(hidden).isBetween(30, 270);
    }

    @Test
    void jitter_without_strength_changes_nothing_and_with_it_both_darkens_and_brightens() {
        assertThat(apply("jitter(0)", RAMP, new SplittableRandom(6))).isEqualTo(RAMP);
        var random = new SplittableRandom(7);
        boolean darker = false;
        boolean brighter = false;
        for (int i = 0; i < 50; i++) {
            int value = apply("jitter(0.5)", Image.filled(2, 2, 100), random).get(0, 0, 0);
            assertThat(value).isBetween(49, 150);
            darker |= value < 70;
            brighter |= value > 130;
        }
        assertThat(darker && brighter).isTrue();
    }

    @Test
    void noise_has_the_stated_deviation() {
        var noisy = apply("noise(10)", Image.filled(200, 200, 128), new SplittableRandom(8));
        double sum = 0;
        double squares = 0;
        for (byte value : noisy.pixels()) {
            double d = (value & 0xff) - 128.0;
            sum += d;
            squares += d * d;
        }
        assertThat(sum / 40_000).isCloseTo(0, within(0.2));
        assertThat(Math.sqrt(squares / 40_000)).isCloseTo(10, within(0.15));
    }

    @Test
    void affine_without_ranges_changes_nothing() {
        assertThat(apply("affine(0)", RAMP, new SplittableRandom(9))).isEqualTo(RAMP);
        assertThat(apply("perspective(0,1)", RAMP, new SplittableRandom(9))).isEqualTo(RAMP);
    }

    private static Image apply(String call, Image image, SplittableRandom random) {
        return Augmentation.parse(call)
                .apply(Picture.of(image, Annotation.NONE), random)
                .image();
    }

    private static Image ramp(int width, int height) {
        byte[] pixels = new byte[width * height * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7 / 3);
        }
        return Image.wrap(width, height, 3, pixels);
    }
}
