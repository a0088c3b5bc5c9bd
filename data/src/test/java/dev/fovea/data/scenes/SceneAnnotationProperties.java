package dev.fovea.data.scenes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.fovea.data.scenes.Scenes.Flavour;
import dev.fovea.data.scenes.Scenes.Options;
import dev.fovea.data.scenes.Scenes.Split;
import dev.fovea.vision.Annotation;
import dev.fovea.vision.Instance;
import dev.fovea.vision.Keypoints.Visibility;
import dev.fovea.vision.Mask;
import dev.fovea.vision.Size;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashSet;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What must hold of the annotation of any scene at any size. */
class SceneAnnotationProperties {
    private static final int TRIES = 100;

    /** A sample of a data set. */
    record Sample(Options options, Split split, int index) {
        Scenes scenes() {
            return Scenes.of(options, split);
        }

        Annotation annotation() {
            return scenes().annotation(index);
        }
    }

    @Provide
    Arbitrary<Sample> samples() {
        var sides = Arbitraries.integers().between(16, 256);
        var sizes = Combinators.combine(sides, Arbitraries.doubles().between(0.5, 2))
                .as((side, ratio) -> new Size(side, (int) Math.max(16, Math.min(256, side * ratio))));
        var options = Combinators.combine(
                        sizes,
                        Arbitraries.longs(),
                        Arbitraries.of(Flavour.class),
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.integers().between(1, 9))
                .as((size, seed, flavour, difficulty, objects) ->
                        new Options(size, 1000, seed, flavour, difficulty, objects));
        return Combinators.combine(
                        options,
                        Arbitraries.of(Split.class),
                        Arbitraries.integers().between(0, 999))
                .as(Sample::new);
    }

    @Property(tries = TRIES)
    void pictures_have_the_size_asked_for_and_repeat(@ForAll("samples") Sample sample) {
        var image = sample.scenes().image(sample.index());

        assertThat(image.size()).isEqualTo(sample.options().size());
        assertThat(image.channels()).isEqualTo(3);
        assertThat(sample.scenes().image(sample.index())).isEqualTo(image);
    }

    @Property(tries = TRIES)
    void boxes_fit_their_masks_tightly(@ForAll("samples") Sample sample) {
        for (var instance : sample.annotation().instances()) {
            var mask = instance.mask().orElseThrow();
            var size = mask.size();
            int left = size.width();
            int top = size.height();
            int right = 0;
            int bottom = 0;
            for (int y = 0; y < size.height(); y++) {
                for (int x = 0; x < size.width(); x++) {
                    if (mask.get(x, y)) {
                        left = Math.min(left, x);
                        right = Math.max(right, x + 1);
                        top = Math.min(top, y);
                        bottom = Math.max(bottom, y + 1);
                    }
                }
            }
            assertThat(mask.area()).isPositive();
            assertThat(new float[] {
                        instance.box().x1(),
                        instance.box().y1(),
                        instance.box().x2(),
                        instance.box().y2()
                    })
                    .containsExactly(left, top, right, bottom);
        }
    }

    @Property(tries = TRIES)
    void masks_are_disjoint_and_make_up_the_semantic_map(@ForAll("samples") Sample sample) {
        var annotation = sample.annotation();
        var semantic = annotation.semantic().orElseThrow();
        var taken = new BitSet();
        byte[] expected = new byte[semantic.classes().length];
        Arrays.fill(expected, (byte) Scenes.BACKGROUND);
        for (var instance : annotation.instances()) {
            var bits = instance.mask().orElseThrow().bits();
            assertThat(bits.intersects(taken)).isFalse();
            taken.or(bits);
            bits.stream().forEach(i -> expected[i] = (byte) instance.label().index());
        }
        assertThat(semantic.classes()).isEqualTo(expected);
    }

    @Property(tries = TRIES)
    void visible_keypoints_lie_on_their_object_and_absent_ones_outside(@ForAll("samples") Sample sample) {
        for (var instance : sample.annotation().instances()) {
            var mask = instance.mask().orElseThrow();
            for (var point : instance.keypoints().orElseThrow().points()) {
                boolean inside = point.x() >= 0
                        && point.y() >= 0
                        && point.x() < mask.size().width()
                        && point.y() < mask.size().height();
                assertThat(inside).isEqualTo(point.visibility() != Visibility.ABSENT);
                if (point.visibility() == Visibility.VISIBLE) {
                    assertThat(near(mask, (int) point.x(), (int) point.y()))
                            .as(point.name())
                            .isTrue();
                }
            }
        }
    }

    @Property(tries = TRIES)
    void labels_are_the_classes_of_the_instances(@ForAll("samples") Sample sample) {
        var annotation = sample.annotation();
        var classes = new HashSet<>(
                annotation.instances().stream().map(Instance::label).toList());

        assertThat(annotation.labels())
                .containsExactlyInAnyOrderElementsOf(classes)
                .isSortedAccordingTo((a, b) -> Integer.compare(a.index(), b.index()));
        assertThat(annotation.instances()).isNotEmpty();
    }

    @Property(tries = TRIES)
    void outlines_stay_in_the_picture_and_masks_are_no_larger_than_them(@ForAll("samples") Sample sample) {
        var annotation = sample.annotation();
        for (var instance : annotation.instances()) {
            var mask = instance.mask().orElseThrow();
            double area = 0;
            int outside = 0;
            for (float[] polygon : instance.outline().orElseThrow().polygons()) {
                area += signedArea(polygon);
                for (int p = 0; p < polygon.length; p++) {
                    int limit = p % 2 == 0 ? mask.size().width() : mask.size().height();
                    outside += polygon[p] >= 0 && polygon[p] <= limit ? 0 : 1;
                }
            }
            assertThat(outside).isZero();
            // half a pixel along the boundary is what rounding to pixels may add
            double rounding = 0.5 * (instance.box().width() + instance.box().height()) + 3;
            assertThat((double) mask.area()).isLessThan(Math.abs(area) + rounding);
        }
    }

    private static double signedArea(float[] polygon) {
        double area = 0;
        for (int i = 0; i < polygon.length; i += 2) {
            int j = (i + 2) % polygon.length;
            area += (double) polygon[i] * polygon[j + 1] - (double) polygon[j] * polygon[i + 1];
        }
        return area / 2;
    }

    private static boolean near(Mask mask, int x, int y) {
        for (int ny = Math.max(0, y - 1); ny <= Math.min(mask.size().height() - 1, y + 1); ny++) {
            for (int nx = Math.max(0, x - 1); nx <= Math.min(mask.size().width() - 1, x + 1); nx++) {
                if (mask.get(nx, ny)) {
                    return true;
                }
            }
        }
        return false;
    }
}
