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
import dev.fovea.vision.LabelMap;
import dev.fovea.vision.Mask;
import dev.fovea.vision.Outline;
import dev.fovea.vision.Picture;
import dev.fovea.vision.Size;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for every picture and every seed when pixels move: the annotation moves with them. */
class JointMoveTest {
    @Provide
    Arbitrary<String> moves() {
        return Arbitraries.of(
                "flip(1)",
                "vflip(1)",
                "crop(40,6)",
                "crop(29x35,20)",
                "rotate(180)",
                "affine(25,0.2,0.6,1.5,20)",
                "perspective(0.6,1)",
                "resizedcrop(48,0.2)",
                "affine(10,0.1)|flip|crop(50)",
                "randaugment(3,25)|vflip");
    }

    @Property(tries = 60)
    void flipping_twice_gives_the_same_picture(
            @ForAll @IntRange(min = 1, max = 40) int width,
            @ForAll @IntRange(min = 1, max = 40) int height,
            @ForAll boolean grey,
            @ForAll long seed) {
        var picture = scene(new Size(height, width), grey ? 1 : 3, seed);
        assertSame(HorizontalFlip.flip(HorizontalFlip.flip(picture)), picture);
        assertSame(VerticalFlip.flip(VerticalFlip.flip(picture)), picture);
    }

    @Property(tries = 150)
    void mask_that_fills_the_box_stays_within_it(@ForAll("moves") String move, @ForAll long seed) {
        var moved = Augmentation.parse(move).apply(scene(new Size(53, 61), 1, seed), new SplittableRandom(seed));
        for (Instance instance : moved.annotation().instances()) {
            Box around = bounds(instance.mask().orElseThrow());
            Box box = instance.box();
            assertThat(around.x1()).isGreaterThanOrEqualTo(box.x1() - 1);
            assertThat(around.y1()).isGreaterThanOrEqualTo(box.y1() - 1);
            assertThat(around.x2()).isLessThanOrEqualTo(box.x2() + 1);
            assertThat(around.y2()).isLessThanOrEqualTo(box.y2() + 1);
        }
    }

    @Property(tries = 150)
    void mask_painted_into_the_image_moves_like_the_mask(@ForAll("moves") String move, @ForAll long seed) {
        // Colours must stay for this comparison, so policies with colour operations are left to the next property.
        var geometric = move.replace("randaugment(3,25)", "rotate(45)");
        var scene = scene(new Size(53, 61), 1, seed);
        Mask before = scene.annotation().instances().get(0).mask().orElseThrow();
        var painted = new Picture(paint(before), scene.annotation(), scene.geometry());
        var moved = Augmentation.parse(geometric).apply(painted, new SplittableRandom(seed));
        if (moved.annotation().instances().isEmpty()) {
            return;
        }
        Mask mask = moved.annotation().instances().get(0).mask().orElseThrow();
        byte[] classes = moved.annotation().semantic().orElseThrow().classes();
        Size size = moved.image().size();
        for (int y = 0; y < size.height(); y++) {
            for (int x = 0; x < size.width(); x++) {
                boolean white = moved.image().get(x, y, 0) >= 128;
                if (white != mask.get(x, y)) {
                    assertThat(isAtEdge(mask, x, y))
                            .as("%s: pixel (%d, %d)", geometric, x, y)
                            .isTrue();
                }
                // The label map of the scene is 1 on the mask.
                assertThat((classes[y * size.width() + x] == 1)).isEqualTo(mask.get(x, y));
            }
        }
    }

    @Property(tries = 100)
    void geometry_leads_keypoints_back_to_where_they_were(@ForAll("moves") String move, @ForAll long seed) {
        if (move.contains("perspective")) {
            return; // the geometry is only its tangent
        }
        var scene = scene(new Size(53, 61), 3, seed);
        var moved = Augmentation.parse(move).apply(scene, new SplittableRandom(seed));
        for (Instance instance : moved.annotation().instances()) {
            for (var point : instance.keypoints().orElseThrow().points()) {
                if (point.visibility() == Visibility.ABSENT || !point.name().equals("middle")) {
                    continue;
                }
                double[] back = moved.geometry().toOriginal(point.x(), point.y());
                var first = scene.annotation()
                        .instances()
                        .get(0)
                        .keypoints()
                        .orElseThrow()
                        .points();
                assertThat(back[0]).isCloseTo(first.get(2).x(), within(1e-3));
                assertThat(back[1]).isCloseTo(first.get(2).y(), within(1e-3));
            }
        }
    }

    @Property(tries = 40)
    void mirrored_left_becomes_right_in_place(@ForAll long seed) {
        var scene = scene(new Size(20, 30), 1, seed);
        var before =
                scene.annotation().instances().get(0).keypoints().orElseThrow().points();
        var after = HorizontalFlip.flip(scene)
                .annotation()
                .instances()
                .get(0)
                .keypoints()
                .orElseThrow()
                .points();
        assertThat(after).extracting(Keypoints.Point::name).containsExactly("left_end", "right_end", "middle");
        assertThat(after.get(0).x()).isEqualTo(30 - before.get(1).x());
        assertThat(after.get(1).x()).isEqualTo(30 - before.get(0).x());
        assertThat(after.get(0).visibility()).isEqualTo(before.get(1).visibility());
        assertThat(after.get(2).x()).isEqualTo(30 - before.get(2).x());
    }

    /** Noise, and one object: a box filled by an ellipse, with three points, a diamond as outline, and label 1 on the mask. */
    private static Picture scene(Size size, int channels, long seed) {
        var random = new SplittableRandom(seed);
        byte[] pixels = new byte[(int) size.area() * channels];
        random.nextBytes(pixels);
        int x1 = random.nextInt(size.width());
        int y1 = random.nextInt(size.height());
        int x2 = x1 + 1 + random.nextInt(size.width() - x1);
        int y2 = y1 + 1 + random.nextInt(size.height() - y1);
        float cx = (x1 + x2) / 2f;
        float cy = (y1 + y2) / 2f;
        var bits = new BitSet();
        byte[] classes = new byte[(int) size.area()];
        for (int y = y1; y < y2; y++) {
            for (int x = x1; x < x2; x++) {
                if (Math.hypot((x + 0.5 - cx) / (cx - x1), (y + 0.5 - cy) / (cy - y1)) <= 1) {
                    bits.set(y * size.width() + x);
                    classes[y * size.width() + x] = 1;
                }
            }
        }
        var keypoints = new Keypoints(List.of(
                new Keypoints.Point("left_end", x1, cy, Visibility.VISIBLE),
                new Keypoints.Point("right_end", x2, cy, Visibility.HIDDEN),
                new Keypoints.Point("middle", cx, cy, Visibility.VISIBLE)));
        var instance = new Instance(
                new Label(0, "thing"),
                new Box(x1, y1, x2, y2),
                Optional.of(new Mask(size, bits)),
                Optional.of(keypoints),
                Optional.of(new Outline(List.of(new float[] {cx, y1, x2, cy, cx, y2, x1, cy}))));
        var annotation = new Annotation(
                List.of(), List.of(instance), Optional.of(new LabelMap(size, classes)), Optional.empty());
        return Picture.of(Image.wrap(size.width(), size.height(), channels, pixels), annotation);
    }

    private static Image paint(Mask mask) {
        byte[] pixels = new byte[(int) mask.size().area()];
        mask.bits().stream().forEach(i -> pixels[i] = (byte) 255);
        return Image.wrap(mask.size().width(), mask.size().height(), 1, pixels);
    }

    /** True where the 5x5 neighbourhood holds both inside and outside, or reaches beyond the image. */
    private static boolean isAtEdge(Mask mask, int x, int y) {
        boolean here = mask.get(x, y);
        for (int dy = -2; dy <= 2; dy++) {
            for (int dx = -2; dx <= 2; dx++) {
                int px = x + dx;
                int py = y + dy;
                if (px < 0
                        || py < 0
                        || px >= mask.size().width()
                        || py >= mask.size().height()) {
                    return true;
                }
                if (mask.get(px, py) != here) {
                    return true;
                }
            }
        }
        return false;
    }

    private static Box bounds(Mask mask) {
        int x1 = Integer.MAX_VALUE;
        int y1 = Integer.MAX_VALUE;
        int x2 = 0;
        int y2 = 0;
        for (int i : mask.bits().stream().toArray()) {
            int x = i % mask.size().width();
            int y = i / mask.size().width();
            x1 = Math.min(x1, x);
            y1 = Math.min(y1, y);
            x2 = Math.max(x2, x + 1);
            y2 = Math.max(y2, y + 1);
        }
        return new Box(x1, y1, x2, y2);
    }

    private static void assertSame(Picture actual, Picture expected) {
        assertThat(actual.image()).isEqualTo(expected.image());
        assertThat(actual.geometry()).isEqualTo(expected.geometry());
        assertThat(actual.annotation())
                .usingRecursiveComparison()
                .withComparatorForType((a, b) -> Math.abs(a - b) < 1e-4f ? 0 : 1, Float.class)
                .isEqualTo(expected.annotation());
    }
}
