package dev.fovea.vision.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.fovea.vision.Annotation;
import dev.fovea.vision.Box;
import dev.fovea.vision.Image;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Label;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Boxes follow pixels: an object is a rectangle of its own colour, and is found again by it. */
class BoxTransformsTest {
    private static final int FILL = 7;

    /** A dark picture with a bright rectangle for each of some objects; the class is the rectangle's colour. */
    private static Picture picture(long seed, int objects) {
        var random = new SplittableRandom(seed);
        int width = 60 + random.nextInt(60);
        int height = 60 + random.nextInt(60);
        byte[] pixels = new byte[width * height * 3];
        List<Instance> instances = new ArrayList<>();
        for (int i = 0; i < objects; i++) {
            // each in a quarter of its own, so that none hides another
            int w = 12 + random.nextInt(width / 2 - 16);
            int h = 12 + random.nextInt(height / 2 - 16);
            int x = i % 2 * (width / 2) + random.nextInt(width / 2 - w);
            int y = i / 2 * (height / 2) + random.nextInt(height / 2 - h);
            for (int p = 0; p < w * h; p++) {
                pixels[((y + p / w) * width + x + p % w) * 3 + i % 3] = (byte) 255;
                pixels[((y + p / w) * width + x + p % w) * 3 + (i + 1) % 3] = (byte) (i == 3 ? 255 : 0);
            }
            instances.add(
                    Instance.of(new Label(i, "c" + i), Box.ofCorner(x, y, w, h)).withStatedArea(w * h));
        }
        return Picture.of(Image.wrap(width, height, 3, pixels), Annotation.NONE.withInstances(instances));
    }

    private static boolean shows(Image image, int x, int y, int kind) {
        boolean own = image.get(x, y, kind % 3) > 128;
        boolean mixed = kind == 3 ? image.get(x, y, 1) > 128 : image.get(x, y, (kind + 1) % 3) < 128;
        return own && mixed && image.get(x, y, (kind + 2) % 3) < 128;
    }

    /** Every box is around the pixels of its colour, to a pixel; what is dropped is at most a sliver. */
    private static void assertBoxesFollow(Picture picture, double slack) {
        Image image = picture.image();
        for (Instance object : picture.annotation().instances()) {
            Box box = object.box();
            assertThat(box.x1() >= 0 && box.y1() >= 0 && box.x2() <= image.width() && box.y2() <= image.height())
                    .isTrue();
            int cx = (int) Math.min(image.width() - 1, (box.x1() + box.x2()) / 2);
            int cy = (int) Math.min(image.height() - 1, (box.y1() + box.y2()) / 2);
            if (box.width() > 2 && box.height() > 2) {
                int kind = object.label().index();
                assertThat(shows(image, cx, cy, kind))
                        .as("centre of %s in %s", box, kind)
                        .isTrue();
                int left = cx;
                while (left > 0 && shows(image, left - 1, cy, kind)) {
                    left--;
                }
                int bottom = cy;
                while (bottom < image.height() && shows(image, cx, bottom, kind)) {
                    bottom++;
                }
                assertThat((double) left).isCloseTo(box.x1(), within(slack));
                assertThat((double) bottom).isCloseTo(box.y2(), within(slack));
            }
        }
    }

    /** The geometry leads from the corner of a whole object's box back to where it was. */
    private static void assertGeometryLeadsBack(Picture prepared, Picture original, double slack) {
        for (Instance object : prepared.annotation().instances()) {
            Box box = object.box();
            boolean whole = box.x1() > 0 && box.y1() > 0;
            if (whole) {
                double[] corner = prepared.geometry().toOriginal(box.x1(), box.y1());
                Box old = original.annotation().instances().stream()
                        .filter(o -> o.label().equals(object.label()))
                        .findFirst()
                        .orElseThrow()
                        .box();
                assertThat(corner[0]).isCloseTo(old.x1(), within(slack));
                assertThat(corner[1]).isCloseTo(old.y1(), within(slack));
            }
        }
    }

    @Property(tries = 150)
    void iou_crop_keeps_objects_whose_centre_is_inside(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int n) {
        Picture original = picture(seed, n);
        Picture cropped = RandomIouCrop.ssd().apply(original, new SplittableRandom(seed));
        assertThat(cropped.annotation().instances()).isNotEmpty();
        assertBoxesFollow(cropped, 0.01);
        assertGeometryLeadsBack(cropped, original, 0.01);
        assertThat(RandomIouCrop.ssd().apply(original, new SplittableRandom(seed)))
                .isEqualTo(cropped);
    }

    @Test
    void iou_crop_leaves_pictures_without_objects_alone() {
        Picture empty = Picture.of(Image.filled(20, 20, 1, 2, 3), Annotation.NONE);
        assertThat(RandomIouCrop.ssd().apply(empty, new SplittableRandom(1))).isSameAs(empty);
    }

    @Property(tries = 100)
    void zoom_out_keeps_every_object(@ForAll long seed) {
        Picture original = picture(seed, 4);
        Picture small = new ZoomOut(4, 1, FILL).apply(original, new SplittableRandom(seed));
        assertThat(small.annotation().instances()).hasSize(4);
        assertThat(small.image().width())
                .isBetween(original.image().width(), 4 * original.image().width());
        assertBoxesFollow(small, 0.01);
        assertGeometryLeadsBack(small, original, 0.01);
    }

    @Property(tries = 150)
    void scale_jitter_gives_one_size_and_true_boxes(@ForAll long seed) {
        Picture original = picture(seed, 4);
        var size = new Size(96, 128);
        Picture jittered = new ScaleJitter(size, 0.5, 2, FILL).apply(original, new SplittableRandom(seed));
        assertThat(jittered.image().size()).isEqualTo(size);
        assertBoxesFollow(jittered, 1.01);
        assertGeometryLeadsBack(jittered, original, 0.01);
    }

    @Property(tries = 150)
    void mosaic_puts_objects_of_four_pictures_together(@ForAll long seed) {
        Picture original = picture(seed, 1);
        var size = new Size(96, 128);
        Companions others = random -> picture(random.nextLong(), 2);
        Picture mosaic = Mosaic.of(size).apply(original, others, new SplittableRandom(seed));
        assertThat(mosaic.image().size()).isEqualTo(size);
        assertBoxesFollow(mosaic, 1.01);
        assertThat(Mosaic.of(size).apply(original, others, new SplittableRandom(seed)))
                .isEqualTo(mosaic);
        assertThat(mosaic.geometry().original()).isEqualTo(original.image().size());
    }

    @Test
    void mosaics_show_objects_of_several_pictures_and_lead_back_to_the_first() {
        int several = 0;
        for (int seed = 0; seed < 30; seed++) {
            Picture original = picture(seed, 1);
            Picture empty = Picture.of(Image.filled(50, 50, 0, 0, 0), Annotation.NONE);
            Picture alone = Mosaic.of(Size.square(128)).apply(original, r -> empty, new SplittableRandom(seed));
            assertGeometryLeadsBack(alone, original, 1e-3);
            Companions others = random -> picture(random.nextLong(), 3);
            several += Mosaic.of(Size.square(128))
                                    .apply(original, others, new SplittableRandom(seed))
                                    .annotation()
                                    .instances()
                                    .size()
                            > 4
                    ? 1
                    : 0;
        }
        assertThat(several).isGreaterThan(15);
    }

    @Test
    void mixup_shows_both_pictures_half_and_half_with_the_objects_of_both() {
        Picture dark = Picture.of(
                Image.filled(40, 40, 100, 100, 100),
                Annotation.NONE.withInstances(List.of(Instance.of(new Label(0, "a"), new Box(1, 1, 9, 9)))));
        Picture bright = Picture.of(
                Image.filled(40, 40, 200, 200, 200),
                Annotation.NONE.withInstances(List.of(Instance.of(new Label(1, "b"), new Box(10, 10, 30, 30)))));
        var mix = new BoxMixUp(1, 1, 1, 0.5);
        Picture mixed = mix.apply(dark, random -> bright, new SplittableRandom(3));
        assertThat(mixed.image().get(20, 20, 1)).isEqualTo(150);
        assertThat(mixed.annotation().instances())
                .extracting(i -> i.label().name())
                .containsExactly("a", "b");
        assertThat(mixed.annotation().instances().get(1).box()).isEqualTo(new Box(10, 10, 30, 30));
        assertThat(mixed.geometry()).isEqualTo(dark.geometry());
    }

    @Property(tries = 80)
    void mixup_moves_the_other_boxes_with_their_pixels(@ForAll long seed) {
        Picture empty = Picture.of(Image.filled(100, 80, 0, 0, 0), Annotation.NONE);
        // nothing of the first picture is kept where the other is, so its colours stay as they are
        var over = new BoxMixUp(1, 0.5, 1.5, 0);
        Picture mixed = over.apply(empty, random -> picture(seed, 2), new SplittableRandom(seed));
        Assume.that(!mixed.annotation().instances().isEmpty()); // an enlarged picture may show a part without objects
        assertBoxesFollow(mixed, 1.01);
    }

    @Test
    void combining_transforms_ask_for_companions_and_pipelines_pass_them_on() {
        Picture picture = picture(1, 1);
        assertThatThrownBy(() -> Mosaic.of(Size.square(64)).apply(picture, new SplittableRandom(1)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("needs other pictures");
        Companions others = random -> picture(random.nextLong(), 1);
        var pipeline = new Augmentation(List.of(Mosaic.of(Size.square(64)), new HorizontalFlip(0.5)));
        Transform chain = Mosaic.of(Size.square(64)).then(new HorizontalFlip(0.5));
        assertThat(pipeline.apply(picture, others, new SplittableRandom(5)))
                .isEqualTo(chain.apply(picture, others, new SplittableRandom(5)));
    }

    @Test
    void corner_letterbox_has_its_text_and_scales_boxes_by_one_ratio() {
        ResizePolicy policy = ResizePolicy.parse("corner64-fill114");
        assertThat(policy).isEqualTo(new ResizePolicy.CornerLetterbox(Size.square(64), 114));
        assertThat(policy.toString()).isEqualTo("corner64-fill114");
        Picture original = picture(9, 4);
        Picture boxed = policy.apply(original);
        assertThat(boxed.image().size()).isEqualTo(Size.square(64));
        assertBoxesFollow(boxed, 1.01);
        assertGeometryLeadsBack(boxed, original, 1e-3);
        float[] out = new float[3 * 64 * 64];
        var preprocessing =
                new Preprocessing(policy, new Normalize(List.of(0f, 0f, 0f), List.of(1 / 255f, 1 / 255f, 1 / 255f)));
        preprocessing.apply(original.image(), java.nio.FloatBuffer.wrap(out), 0);
        for (int c = 0; c < 3; c++) {
            assertThat(out[c * 4096 + 5 * 64 + 6]).isCloseTo(boxed.image().get(6, 5, c), within(1e-3f));
        }
        assertThat(out[4095]).isCloseTo(114, within(1e-3f));
    }

    @Test
    void sides_in_a_frame_have_their_text_and_padding_is_zero_after_normalisation() {
        ResizePolicy policy = ResizePolicy.parse("sides40-60-corner80x64");
        assertThat(policy).isEqualTo(new ResizePolicy.WithinSides(40, 60, new Size(64, 80)));
        assertThat(policy.toString()).isEqualTo("sides40-60-corner80x64");
        var sides = (ResizePolicy.WithinSides) policy;
        assertThat(sides.inner(new Size(80, 80))).isEqualTo(new Size(40, 40));
        assertThat(sides.inner(new Size(64, 128))).isEqualTo(new Size(30, 60));
        // The reference's rounding in float32; then too high for the frame.
        assertThat(sides.inner(new Size(30, 41))).isEqualTo(new Size(40, 54));
        assertThat(new ResizePolicy.WithinSides(40, 60, Size.square(50)).inner(new Size(200, 100)))
                .isEqualTo(new Size(50, 25));
        Picture original = picture(9, 4);
        Picture prepared = policy.apply(original);
        assertThat(prepared.image().size()).isEqualTo(new Size(64, 80));
        assertGeometryLeadsBack(prepared, original, 1e-3);
        float[] out = new float[3 * 64 * 80];
        new Preprocessing(policy, Normalize.IMAGENET).apply(original.image(), java.nio.FloatBuffer.wrap(out), 0);
        var inner = sides.inner(original.image().size());
        var resized = new ResizePolicy.Stretch(inner, Interpolation.BILINEAR).apply(original.image());
        float[] expected = Normalize.IMAGENET.apply(resized);
        for (int c = 0; c < 3; c++) {
            for (int y = 0; y < 64; y++) {
                for (int x = 0; x < 80; x++) {
                    boolean inside = y < inner.height() && x < inner.width();
                    float value = inside ? expected[(c * inner.height() + y) * inner.width() + x] : 0;
                    assertThat(out[(c * 64 + y) * 80 + x]).isEqualTo(value);
                }
            }
        }
    }

    @Test
    void corner_letterbox_gives_the_pixels_of_the_reference() throws IOException {
        try (InputStream in = BoxTransformsTest.class.getResourceAsStream("golden-letterbox.txt")) {
            for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(l -> !l.startsWith("#"))
                    .toList()) {
                List<String> part = List.of(line.split(" \\| ", -1));
                int[] from = numbers(part.get(1));
                int[] to = numbers(part.get(2));
                int[] expected = numbers(part.get(4));
                byte[] pixels = new byte[from[0] * from[1] * 3];
                for (int i = 0; i < pixels.length; i++) {
                    pixels[i] = (byte) (int) (255.999 * uniform("letterbox." + part.get(0), i));
                }
                var policy = new ResizePolicy.CornerLetterbox(new Size(to[0], to[1]), 114);
                Image image = Image.wrap(from[1], from[0], 3, pixels);
                Image boxed = policy.apply(image);
                for (int i = 0; i < expected.length; i++) {
                    int c = i / (to[0] * to[1]);
                    int at = i % (to[0] * to[1]);
                    assertThat(boxed.get(at % to[1], at / to[1], c))
                            .as("%s, value %d", part.get(0), i)
                            .isCloseTo(expected[i], within(1));
                }
                assertThat(policy.warp(image.size()).a()).isEqualTo(Double.parseDouble(part.get(3)), within(1e-12));
            }
        }
    }

    private static int[] numbers(String text) {
        return Arrays.stream(text.split(" ", -1)).mapToInt(Integer::parseInt).toArray();
    }

    /** The generator of the reference files: FNV-1a of the name, then splitmix64, 0-1. */
    private static double uniform(String name, int index) {
        long h = 0xcbf29ce484222325L;
        for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
            h = (h ^ (b & 0xff)) * 0x100000001b3L;
        }
        long z = h + index + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        z ^= z >>> 31;
        return (z >>> 40) * 0x1p-24;
    }
}
